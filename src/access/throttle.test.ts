import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount } from '#test/support/accounts.ts'
import { jar } from '#test/support/jar.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { getAccessRule } from './rules.ts'
import { counter, networkOf, takeTry } from './throttle.ts'

const PASSWORD = 'kuda laut menari pelan'
const { app, db, sql, later, now } = await accessApp()
let addresses = 0
const stranger = () => jar(app, { address: `198.51.100.${++addresses % 250}` })
const guess = (browser = stranger(), username = 'korban', password = 'bukan ini juga') =>
  browser.post('/api/sign-in', { username, password })

test('after five failures each guess waits twice as long as the one before, from wherever it comes', async () => {
  await makeAccount(db, { username: 'korban', password: PASSWORD })
  for (let i = 0; i < 5; i++) assert.equal((await guess()).statusCode, 401)
  for (const wait of [2, 4, 8, 16, 32]) {
    const refused = await guess()
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.headers['retry-after'], String(wait))
    assert.match(refused.json().title, new RegExp(`\\b${wait}\\b`))
    assert.equal((await guess(stranger(), 'korban', PASSWORD)).statusCode, 429, 'the right one waits too: no oracle')
    later(wait - 1)
    assert.equal((await guess()).headers['retry-after'], '1', 'refused tries make the wait no longer')
    later(1)
    assert.equal((await guess()).statusCode, 401)
  }
})

test('the wait never grows past the longest, and failures are forgotten after a day', async () => {
  await sql(`update throttle set hits = 100000, window_start = $1`, [now()])
  assert.equal((await guess()).headers['retry-after'], '900')
  later(900)
  assert.equal((await guess(stranger(), 'korban', PASSWORD)).statusCode, 200, 'at most a quarter of an hour')
  await sql(`update throttle set hits = 100000, window_start = $1`, [now()])
  later(86_400)
  for (let i = 0; i < 5; i++) assert.equal((await guess()).statusCode, 401)
})

test('who signed in with this browser before is not held up by strangers', async () => {
  const home = jar(app, { address: '192.0.2.1' })
  later(86_400)
  await makeAccount(db, { username: 'tenang', password: PASSWORD })
  assert.equal((await guess(home, 'tenang', PASSWORD)).statusCode, 200)
  await home.post('/api/sign-out')
  for (let i = 0; i < 12; i++) await guess(stranger(), 'tenang')
  assert.equal((await guess(stranger(), 'tenang', PASSWORD)).statusCode, 429)
  assert.equal((await guess(home, 'tenang', PASSWORD)).statusCode, 200)

  const [nonce] = home.cookies.get('perangkat')?.split('.') ?? []
  const forged = jar(app, { cookie: `perangkat=${nonce}.${'A'.repeat(43)}`, address: '192.0.2.2' })
  assert.equal((await guess(forged, 'tenang', PASSWORD)).statusCode, 429, 'a made-up device is a stranger')
  const other = jar(app, { cookie: `perangkat=${home.cookies.get('perangkat')}`, address: '192.0.2.3' })
  for (let i = 0; i < 6; i++) await guess(stranger(), 'korban')
  assert.equal((await guess(other, 'korban', PASSWORD)).statusCode, 429, 'a device is known to one account')
  for (let i = 0; i < 5; i++) await guess(home, 'tenang')
  assert.equal((await guess(home, 'tenang')).statusCode, 429, 'a known device is held up by its own failures')
})

test('unknown names wait like known ones, and one address cannot try many', async () => {
  later(86_400)
  for (let i = 0; i < 5; i++) assert.equal((await guess(stranger(), 'hantu')).statusCode, 401)
  assert.equal((await guess(stranger(), 'hantu')).statusCode, 429)
  const one = jar(app, { address: '2001:db8:1:2::1' })
  for (let i = 0; i < 50; i++) assert.equal((await guess(one, `nama-${i}`)).statusCode, 401)
  assert.equal((await guess(one, 'nama-lain')).statusCode, 429)
  assert.equal(
    (await guess(jar(app, { address: '2001:db8:1:2:ffff::9' }), 'nama-lain')).statusCode,
    429,
    'the same network',
  )
  assert.equal((await guess(jar(app, { address: '2001:db8:1:3::1' }), 'nama-lain')).statusCode, 401)
})

test('tries beside each other cannot outrun the count', async () => {
  later(86_400)
  const all = await Promise.all(Array.from({ length: 30 }, () => guess(stranger(), 'ramai')))
  assert.equal(all.filter((one) => one.statusCode === 401).length, 5)
})

test('codes are counted too, for one account whatever the sign-in', async () => {
  later(86_400)
  const id = await makeAccount(db, { username: 'kode', password: PASSWORD })
  await sql(`update account set totp_secret = '\\x00', totp_confirmed_at = now() where id = $1`, [id])
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) {
    const browser = stranger()
    assert.equal((await guess(browser, 'kode', PASSWORD)).statusCode, 200)
    // A recovery code that does not exist: no secret is opened for it.
    statuses.push((await browser.post('/api/sign-in/second-factor', { code: 'aaaaa-bbbbb' })).statusCode)
  }
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429, 429])
})

test('nothing in the table tells a name or an address', async () => {
  const rows = await sql<{ key: string }>('select key from throttle')
  assert.ok(rows.length > 10)
  for (const { key } of rows) assert.match(key, /^[A-Za-z0-9_-]{43}$/)
})

test('against a slow count: a try is let through exactly when the last wait is over', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 25 }),
      fc.uuid(),
      async (gaps, name) => {
        let at = new Date('2026-12-01T00:00:00Z').getTime()
        let hits = 0
        let last = -Infinity
        for (const gap of gaps) {
          at += gap * 1000
          if (at - last >= 86_400_000) hits = 0
          const wait = hits < 5 ? 0 : Math.min(900, 2 * 2 ** (hits - 5)) * 1000
          const expected = at >= last + wait
          const allowed = await db.asSystem('test', async (tx) => {
            const rule = await getAccessRule(tx, new Date(at))
            return takeTry(tx, rule, new Date(at), counter(app.secret, name, rule.free_tries_account)).then(
              () => true,
              (error: unknown) => {
                assert.ok(error instanceof Problem && error.status === 429)
                return false
              },
            )
          })
          assert.equal(allowed, expected)
          if (expected) {
            hits++
            last = at
          }
        }
      },
    ),
    { numRuns: 30 },
  )
})

test('IPv6 networks in one way of writing', () => {
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0')
  assert.equal(networkOf('2001:0DB8:0000:0000:1::'), '2001:db8:0:0')
  assert.equal(networkOf('::1'), '0:0:0:0')
  assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7')
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7')
})
