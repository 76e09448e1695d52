import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type WorkCalendar,
  type ZoneId,
  addWorkingDays,
  checkWorkCalendar,
  closingTime,
  dueAt,
  isWorkingDay,
  localDay,
  subtractWorkingDays,
  whyNotWorking,
  workingDaysBetween,
  workingDaysLeft,
} from './index.ts'

const week = { validFrom: '2020-01-01', workingWeekdays: [1, 2, 3, 4, 5], opens: '08:00', closes: '16:00' }
const office = (zone: ZoneId = 'Asia/Jakarta', holidays: [string, string][] = []): WorkCalendar => ({
  zone,
  holidays: new Map(holidays),
  weeks: [week],
})
/** November 2026: the 16th is a Monday. */
const wib = (text: string) => new Date(`${text.replace(' ', 'T')}:00+07:00`)
const due = (startedAt: Date, workingDays: number, calendar = office(), pauses: [string, string | null][] = []) => {
  const list = pauses.map(([from, until]) => ({ from: wib(from), until: until === null ? null : wib(until) }))
  return dueAt({ startedAt, workingDays, pauses: list, calendar })
}

test('filed in office hours, the next working day is day one', () => {
  assert.deepEqual(due(wib('2026-11-16 10:00'), 1), wib('2026-11-17 16:00'))
  assert.deepEqual(due(wib('2026-11-16 10:00'), 5), wib('2026-11-23 16:00'))
})

test('one millisecond after closing counts as received the next working day; closing time itself does not', () => {
  assert.deepEqual(due(wib('2026-11-16 16:00'), 3), wib('2026-11-19 16:00'))
  assert.deepEqual(due(new Date(wib('2026-11-16 16:00').getTime() + 1), 3), wib('2026-11-20 16:00'))
})

test('around midnight the local day decides, not the day in UTC', () => {
  assert.deepEqual(due(wib('2026-11-17 00:00'), 1), wib('2026-11-18 16:00'))
  assert.deepEqual(due(wib('2026-11-16 23:59'), 1), wib('2026-11-18 16:00'))
  // 06:30 on Tuesday in Jakarta is still Monday in London.
  assert.deepEqual(due(wib('2026-11-17 06:30'), 1), wib('2026-11-18 16:00'))
})

test('a weekend, a holiday and collective leave move the receipt and are not counted', () => {
  const lebaran = office('Asia/Jakarta', [
    ['2026-03-19', 'Hari Suci Nyepi'],
    ['2026-03-20', 'Cuti bersama Idul Fitri'],
    ['2026-03-21', 'Idul Fitri'],
    ['2026-03-23', 'Cuti bersama Idul Fitri'],
    ['2026-03-24', 'Cuti bersama Idul Fitri'],
  ])
  assert.deepEqual(due(wib('2026-03-18 10:00'), 1, lebaran), wib('2026-03-25 16:00'))
  assert.deepEqual(due(wib('2026-03-18 17:00'), 1, lebaran), wib('2026-03-26 16:00'))
  assert.deepEqual(due(wib('2026-03-21 09:00'), 0, lebaran), wib('2026-03-25 16:00'))
})

test('five and six day weeks, and the week that is in force on each day', () => {
  const changing: WorkCalendar = {
    ...office(),
    // Six short days from 18 February (Ramadan hours), back to five on 23 March; given out of order.
    weeks: [
      { ...week, validFrom: '2026-03-23' },
      { ...week, validFrom: '2026-02-18', workingWeekdays: [1, 2, 3, 4, 5, 6], closes: '14:30' },
      week,
    ],
  }
  assert.deepEqual(due(wib('2026-02-16 10:00'), 1, changing), wib('2026-02-17 16:00'))
  assert.deepEqual(due(wib('2026-02-16 10:00'), 2, changing), wib('2026-02-18 14:30'))
  assert.deepEqual(due(wib('2026-02-20 10:00'), 1, changing), wib('2026-02-21 14:30'))
  assert.deepEqual(due(wib('2026-02-19 15:00'), 1, changing), wib('2026-02-21 14:30'))
  assert.deepEqual(due(wib('2026-03-20 10:00'), 2, changing), wib('2026-03-23 16:00'))
  assert.equal(isWorkingDay('2019-06-03', changing), true, 'before the first week the earliest one holds')
})

test('a pause takes out the days at whose closing time the clock stood', () => {
  const start = wib('2026-11-16 10:00')
  const monday = wib('2026-11-23 16:00')
  assert.deepEqual(due(start, 5, office(), [['2026-11-17 09:00', '2026-11-17 15:59']]), monday, 'within one day')
  assert.deepEqual(due(start, 5, office(), [['2026-11-17 16:00', '2026-11-17 16:01']]), wib('2026-11-24 16:00'))
  assert.deepEqual(due(start, 5, office(), [['2026-11-16 11:00', '2026-11-17 16:00']]), monday, 'runs again at closing')
  assert.deepEqual(due(start, 5, office(), [['2026-11-17 09:00', '2026-11-19 09:00']]), wib('2026-11-25 16:00'))
  assert.deepEqual(due(start, 5, office(), [['2026-11-20 17:00', '2026-11-23 08:00']]), monday, 'over a weekend')
  assert.deepEqual(due(start, 5, office(), [['2026-11-24 09:00', '2026-11-30 08:00']]), monday, 'after the deadline')
  const overlapping: [string, string][] = [
    ['2026-11-17 09:00', '2026-11-18 17:00'],
    ['2026-11-18 09:00', '2026-11-19 17:00'],
  ]
  assert.deepEqual(due(start, 5, office(), overlapping), wib('2026-11-26 16:00'), 'an hour is not paused twice')
})

test('an open pause leaves no deadline, unless the deadline came first', () => {
  const start = wib('2026-11-16 10:00')
  assert.equal(due(start, 5, office(), [['2026-11-18 09:00', null]]), null)
  assert.equal(due(start, 5, office(), [['2026-11-23 16:00', null]]), null)
  assert.deepEqual(due(start, 5, office(), [['2026-11-23 16:01', null]]), wib('2026-11-23 16:00'))
})

test('no days at all: the closing time of the day of receipt', () => {
  assert.deepEqual(due(wib('2026-11-16 10:00'), 0), wib('2026-11-16 16:00'))
  assert.deepEqual(due(wib('2026-11-14 10:00'), 0), wib('2026-11-16 16:00'))
})

test('each zone closes by its own wall clock', () => {
  const friday = new Date('2026-11-20T08:30:00Z') // 15:30 WIB, 16:30 WITA, 17:30 WIT
  assert.equal(due(friday, 1, office('Asia/Jakarta'))?.toISOString(), '2026-11-23T09:00:00.000Z')
  assert.equal(due(friday, 1, office('Asia/Makassar'))?.toISOString(), '2026-11-24T08:00:00.000Z')
  assert.equal(due(friday, 1, office('Asia/Jayapura'))?.toISOString(), '2026-11-24T07:00:00.000Z')
  const late = new Date('2026-11-20T15:30:00Z')
  assert.equal(localDay(late, 'Asia/Jakarta'), '2026-11-20')
  assert.equal(localDay(late, 'Asia/Jayapura'), '2026-11-21')
})

test('a holiday added or moved in the same calendar counts at once', () => {
  const holidays = new Map<string, string>()
  const calendar: WorkCalendar = { zone: 'Asia/Jakarta', holidays, weeks: [week] }
  assert.deepEqual(due(wib('2026-11-16 10:00'), 2, calendar), wib('2026-11-18 16:00'))
  holidays.set('2026-11-17', 'Libur daerah')
  assert.deepEqual(due(wib('2026-11-16 10:00'), 2, calendar), wib('2026-11-19 16:00'))
  holidays.delete('2026-11-17')
  holidays.set('2026-11-25', 'Libur daerah')
  assert.deepEqual(due(wib('2026-11-16 10:00'), 2, calendar), wib('2026-11-18 16:00'))
})

test('days left as people count them', () => {
  const calendar = office('Asia/Jakarta', [['2026-11-18', 'Libur daerah']])
  const end = wib('2026-11-20 16:00')
  const left = (now: string) => workingDaysLeft(wib(now), end, calendar)
  assert.deepEqual(['2026-11-16 10:00', '2026-11-17 23:00', '2026-11-19 17:00'].map(left), [3, 2, 1])
  assert.deepEqual(['2026-11-20 00:00', '2026-11-20 16:00'].map(left), [0, 0])
  assert.deepEqual(['2026-11-20 16:01', '2026-11-22 10:00', '2026-11-23 10:00'].map(left), [-1, -1, -1])
  assert.deepEqual(['2026-11-24 00:00', '2026-12-01 10:00'].map(left), [-2, -7])
  const pauses = [{ from: wib('2026-11-17 08:00'), until: wib('2026-11-19 16:00') }]
  assert.equal(workingDaysLeft(wib('2026-11-16 10:00'), end, calendar, pauses), 2, 'runs again at closing time')
  const edited = office('Asia/Jakarta', [['2026-11-20', 'Libur daerah']])
  assert.equal(workingDaysLeft(wib('2026-11-19 10:00'), end, edited), 1, 'tomorrow is never told as today')
  assert.equal(workingDaysLeft(wib('2026-12-01 10:00'), end, calendar, [{ from: end, until: null }]), -1)
})

test('reminders fall on closing times before the deadline', () => {
  const end = wib('2026-11-23 16:00')
  assert.deepEqual(subtractWorkingDays(end, 1, office()), wib('2026-11-20 16:00'))
  assert.deepEqual(subtractWorkingDays(end, 5, office()), wib('2026-11-16 16:00'))
  assert.deepEqual(subtractWorkingDays(end, 0, office()), end)
  const edited = office('Asia/Jakarta', [['2026-11-23', 'Libur daerah']])
  assert.deepEqual(subtractWorkingDays(end, 0, edited), wib('2026-11-20 16:00'))
  assert.deepEqual(subtractWorkingDays(end, 1, edited), wib('2026-11-20 16:00'))
})

test('working days one by one', () => {
  const calendar = office('Asia/Jakarta', [
    ['2026-11-18', 'Libur daerah'],
    ['2026-11-21', 'Peringatan'],
  ])
  assert.equal(whyNotWorking('2026-11-17', calendar), undefined)
  assert.deepEqual(whyNotWorking('2026-11-18', calendar), { kind: 'holiday', name: 'Libur daerah' })
  assert.deepEqual(whyNotWorking('2026-11-21', calendar), { kind: 'holiday', name: 'Peringatan' })
  assert.deepEqual(whyNotWorking('2026-11-22', calendar), { kind: 'weekend' })
  assert.equal(addWorkingDays('2026-11-17', 1, calendar), '2026-11-19')
  assert.equal(addWorkingDays('2026-11-19', -1, calendar), '2026-11-17')
  assert.equal(addWorkingDays('2026-11-21', 0, calendar), '2026-11-23')
  assert.equal(addWorkingDays('2026-11-21', -1, calendar), '2026-11-20')
  assert.equal(workingDaysBetween('2026-11-16', '2026-11-23', calendar), 4)
  assert.equal(workingDaysBetween('2026-11-23', '2026-11-16', calendar), -4)
  assert.equal(workingDaysBetween('2026-11-16', '2026-11-16', calendar), 0)
  assert.deepEqual(closingTime('2026-11-22', calendar), wib('2026-11-22 16:00'))
})

test('nonsense is refused, and a calendar without working days does not hang', () => {
  const start = wib('2026-11-16 10:00')
  for (const days of [-1, 1.5, NaN, Infinity]) assert.throws(() => due(start, days), RangeError, String(days))
  assert.throws(() => due(new Date('nonsense'), 1), RangeError)
  assert.throws(() => due(start, 1, office(), [['nonsense', null]]), RangeError)
  for (const day of ['2026-02-30', '2026-2-3', '26-02-03', '', '2026-11-16T00:00']) {
    assert.throws(() => isWorkingDay(day, office()), RangeError, day)
  }
  const broken = (change: Partial<typeof week>): WorkCalendar => ({ ...office(), weeks: [{ ...week, ...change }] })
  assert.throws(() => due(start, 1, broken({ workingWeekdays: [] })), /too few working days/)
  assert.throws(() => due(start, 1, { ...office(), weeks: [] }), /no working week/)
  assert.throws(() => due(start, 1, broken({ closes: '00:00' })), /midnight/)
  assert.throws(() => due(start, 1, broken({ closes: '24:00' })), RangeError)
  assert.throws(() => due(start, 1, { ...office(), zone: 'Asia/Tokyo' as ZoneId }), /zone/)
  const bad = [{ workingWeekdays: [] }, { workingWeekdays: [0] }, { workingWeekdays: [1, 1] }, { closes: '08:00' }]
  for (const change of [...bad, { opens: '8:00' }, { closes: '16.00' }, { validFrom: 'today' }]) {
    assert.throws(() => checkWorkCalendar(broken(change)), RangeError, JSON.stringify(change))
  }
  assert.throws(() => checkWorkCalendar({ ...office(), weeks: [week, week] }), /same day/)
  assert.throws(() => checkWorkCalendar(office('Asia/Jakarta', [['17 Agustus', '']])), RangeError)
  assert.doesNotThrow(() => checkWorkCalendar(office('Asia/Jakarta', [['2026-08-17', 'Proklamasi']])))
})
