import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '#test/support/postgres.ts'
import { makeMeter, type Meter } from './meter.ts'

let now = new Date('2026-11-22T03:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const secret = Buffer.alloc(32, 5)

test('what one process counted another knows after the exchange, whoever adds first', async () => {
  const free = { hits: 5, seconds: 900 }
  const [one, other] = [makeMeter(db, secret, async () => {}), makeMeter(db, secret, async () => {})]
  await Promise.all([one.sync(), other.sync()])
  for (let at = 0; at < 7; at++) one.hit('free', '192.0.2.77', free)
  for (let at = 0; at < 4; at++) other.hit('free', '192.0.2.77', free)
  await Promise.all([one.sync(), other.sync()])
  await Promise.all([one.sync(), other.sync()])
  assert.equal(one.hit('free', '192.0.2.77', free).hits, 12)
  assert.equal(other.hit('free', '192.0.2.77', free).hits, 12)
  assert.equal(other.hit('free', '192.0.2.78', free).hits, 1)
  const late = makeMeter(db, secret, async () => {})
  await late.fresh()
  assert.equal(late.hit('free', '192.0.2.77', free).hits, 12, 'a process that has just started too')
  // What is far from its limit is told by the hundredth of it, or at the end.
  const heard = async (meter: Meter) => {
    // The first may join an exchange that began before the last try.
    await meter.sync()
    await meter.sync()
  }
  const many = { hits: 1000, seconds: 3600 }
  for (let at = 0; at < 9; at++) one.hit('area', '949494', many)
  await heard(one)
  await heard(other)
  assert.equal(other.hit('area', '949494', many).hits, 1)
  one.hit('area', '949494', many)
  await heard(one)
  await heard(other)
  assert.equal(other.hit('area', '949494', many).hits, 12)
  await other.sync('all')
  await heard(one)
  assert.equal(one.hit('area', '949494', many).hits, 13)
  now = new Date(now.getTime() + 900_000)
  assert.equal(one.hit('free', '192.0.2.77', free).hits, 1, 'a new window begins')
  for (const { key } of await sql<{ key: string }>('select key from check_count'))
    assert.match(key, /^[A-Za-z0-9_-]{43}$/)
})
