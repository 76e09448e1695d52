import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ZoneId, sayAgo, sayDay, sayDaysLeft, sayInstant, sayTime } from './index.ts'
import { onTheWall } from './deadline.reference.ts'

const at = new Date('2026-11-21T07:05:59.999Z')

test('an instant, in the three zones and two languages', () => {
  assert.equal(sayInstant(at, 'Asia/Jakarta', 'id'), '21 Nov 2026 14.05 WIB')
  assert.equal(sayInstant(at, 'Asia/Makassar', 'id'), '21 Nov 2026 15.05 WITA')
  assert.equal(sayInstant(at, 'Asia/Jayapura', 'en'), '21 Nov 2026 16:05 WIT')
  assert.equal(sayInstant(at, 'Asia/Jakarta', 'id', 'long'), 'Sabtu, 21 November 2026 pukul 14.05 WIB')
  assert.equal(sayInstant(at, 'Asia/Jakarta', 'en', 'long'), 'Saturday, 21 November 2026 at 14:05 WIB')
  assert.equal(sayInstant(new Date('2026-12-31T17:00:00Z'), 'Asia/Jakarta', 'id'), '1 Jan 2027 00.00 WIB')
  assert.equal(sayTime(new Date('2026-12-31T16:59:59Z'), 'Asia/Jakarta', 'id'), '23.59 WIB')
  assert.throws(() => sayInstant(new Date('nonsense'), 'Asia/Jakarta', 'id'), RangeError)
})

test('days, with the months as Indonesians shorten them', () => {
  const months = Array.from({ length: 12 }, (_, i) => sayDay(`2026-${String(i + 1).padStart(2, '0')}-01`, 'id'))
  const short = months.map((said) => said.split(' ')[1])
  assert.deepEqual(short, ['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'])
  assert.equal(sayDay('2026-08-17', 'id'), '17 Agu 2026')
  assert.equal(sayDay('2026-08-17', 'id', 'long'), 'Senin, 17 Agustus 2026')
  assert.equal(sayDay('2026-08-17', 'en', 'long'), 'Monday, 17 August 2026')
  assert.throws(() => sayDay('2026-02-29', 'id'), RangeError)
})

test('days left and late', () => {
  assert.equal(sayDaysLeft(3), '3 hari kerja lagi')
  assert.equal(sayDaysLeft(0), 'hari ini')
  assert.equal(sayDaysLeft(-2), 'terlambat 2 hari kerja')
  assert.equal(sayDaysLeft(3, 'en'), '3 working days left')
  assert.equal(sayDaysLeft(1, 'en'), '1 working day left')
  assert.equal(sayDaysLeft(0, 'en'), 'today')
  assert.equal(sayDaysLeft(-1, 'en'), '1 working day late')
})

test('how long ago', () => {
  const ago = (now: string, locale: 'id' | 'en' = 'id') => sayAgo(at, new Date(now), 'Asia/Jakarta', locale)
  assert.equal(ago('2026-11-21T07:06:30Z'), 'baru saja')
  assert.equal(ago('2026-11-21T07:05:30Z'), 'baru saja', 'a clock slightly ahead')
  assert.equal(ago('2026-11-21T06:00:00Z'), '21 Nov 2026 14.05 WIB', 'the future is said as it is')
  assert.equal(ago('2026-11-21T07:11:00Z'), '5 menit lalu')
  assert.equal(ago('2026-11-21T07:07:00Z', 'en'), '1 minute ago')
  assert.equal(ago('2026-11-21T18:00:00Z'), '10 jam lalu', 'past midnight, still hours')
  assert.equal(ago('2026-11-21T19:06:00Z'), 'kemarin')
  assert.equal(ago('2026-11-22T16:59:00Z'), 'kemarin')
  assert.equal(ago('2026-11-22T17:00:00Z'), '2 hari lalu')
  assert.equal(ago('2026-12-21T07:00:00Z', 'en'), '30 days ago')
  assert.equal(ago('2026-12-22T07:00:00Z'), '21 Nov 2026')
})

test('what is said is what Intl shows on the wall, whatever the instant', () => {
  const zone = fc.constantFrom<ZoneId[]>('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')
  const instant = fc.date({ min: new Date('1970-01-01'), max: new Date('2199-12-30'), noInvalidDate: true })
  fc.assert(
    fc.property(instant, zone, (when, where) => {
      const { day, time } = onTheWall(when, where)
      assert.ok(sayInstant(when, where, 'en').startsWith(`${sayDay(day, 'en')} ${time.slice(0, 5)} `))
    }),
  )
})
