import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount, makeAssignment } from '#test/support/accounts.ts'
import { type Jar, jar } from '#test/support/jar.ts'

const PASSWORD = 'kuda laut menari pelan'
const world = await accessApp()
const { app, db, sql, later, now } = world

const signIn = (who: Jar, username: string, password = PASSWORD) => who.post('/api/sign-in', { username, password })
const code = (secret: string) => generate({ secret, epoch: Math.floor(now().getTime() / 1000) })

test('user name or e-mail and password open a session, and the cookie keeps to itself', async () => {
  const id = await makeAccount(db, { username: 'rina', email: 'rina@example.go.id', name: 'Rina', password: PASSWORD })
  await makeAssignment(db, { accountId: id, role: 'officer', regionCode: '32.75' })
  for (const name of ['rina', ' RINA ', 'rina@example.go.id', 'Rina@Example.go.id']) {
    const browser = jar(app)
    const response = await signIn(browser, name)
    assert.equal(response.statusCode, 200, response.body)
    assert.deepEqual(response.json(), { status: 'signed_in' })
    const cookie = String(response.headers['set-cookie'])
    assert.match(cookie, /sesi=[A-Za-z0-9_-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax/)
    const me = (await browser.get('/api/me')).json()
    assert.equal(me.account.username, 'rina')
    assert.equal(me.acting.regionCode, '32.75', 'the only assignment is chosen')
    assert.equal(me.owed, null)
  }
  const stored = await sql<{ token_hash: Buffer }>('select token_hash from session')
  const browser = jar(app)
  await signIn(browser, 'rina')
  for (const { token_hash } of stored) assert.notEqual(token_hash.toString('base64url'), browser.cookies.get('sesi'))
  const [{ password_hash: hash } = { password_hash: '' }] = await sql<{ password_hash: string }>(
    `select password_hash from account where id = $1`,
    [id],
  )
  assert.match(hash, /m=19456,t=2,p=1/, 'a hash of lower cost is renewed at sign-in')
  const acts = await sql<{ act: string; actor_id: string }>(
    `select act, actor_id from audit_entry where act = 'sign_in'`,
  )
  assert.equal(acts.length, 5)
  assert.ok(acts.every((one) => one.actor_id === id))
})

test('with TLS the cookie is for TLS only', async () => {
  const { app, db } = await accessApp({ baseUrl: 'https://pilar.example.go.id' })
  await makeAccount(db, { username: 'rina', password: PASSWORD })
  const response = await signIn(jar(app), 'rina')
  assert.match(String(response.headers['set-cookie']), /sesi=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure;/)
})

test('a wrong password, an unknown name and a deactivated account get the same answer', async () => {
  await makeAccount(db, { username: 'badu', password: PASSWORD })
  await makeAccount(db, { username: 'lama', password: PASSWORD })
  await makeAccount(db, { username: 'kunci-saja' })
  await sql(`update account set active = false where username = 'lama'`)
  const bodies = new Set<string>()
  for (const [name, password] of [
    ['badu', 'salah sekali ini'],
    ['tidak-ada', PASSWORD],
    ['lama', PASSWORD],
    ['kunci-saja', PASSWORD],
  ] as const) {
    const response = await signIn(jar(app, { address: '203.0.113.9' }), name, password)
    assert.equal(response.statusCode, 401)
    bodies.add(response.body)
  }
  assert.equal(bodies.size, 1)
  assert.equal((await signIn(jar(app), 'badu')).statusCode, 200, 'the right one works')
  const failed = await sql(`select 1 from audit_entry where act = 'sign_in_failed'`)
  assert.equal(failed.length, 4)
  const told = await sql<{ all: string }>(`select string_agg(to_jsonb(a)::text, ' ') as all from audit_entry a`)
  assert.ok(
    !told[0]?.all.includes('tidak-ada') && !told[0]?.all.includes('salah sekali'),
    'what was typed is not written down',
  )
})

test('a planted cookie is worth nothing, and signing in gives a new one and ends the old session', async () => {
  await makeAccount(db, { username: 'fiksasi', password: PASSWORD })
  const planted = 'A'.repeat(43)
  const victim = jar(app, { cookie: `sesi=${planted}` })
  await signIn(victim, 'fiksasi')
  const first = victim.cookies.get('sesi')
  assert.notEqual(first, planted)
  assert.equal((await jar(app, { cookie: `sesi=${planted}` }).get('/api/me')).statusCode, 401)
  await signIn(victim, 'fiksasi')
  assert.notEqual(victim.cookies.get('sesi'), first)
  assert.equal((await jar(app, { cookie: `sesi=${first}` }).get('/api/me')).statusCode, 401, 'the old token is dead')
  for (const nonsense of ['', 'x', '%00', 'A'.repeat(5000), "' or 1=1 --"]) {
    assert.equal((await jar(app, { cookie: `sesi=${nonsense}` }).get('/api/me')).statusCode, 401)
  }
})

test('requests from foreign pages do nothing', async () => {
  const response = await jar(app).post(
    '/api/sign-in',
    { username: 'rina', password: PASSWORD },
    { origin: 'https://evil.example' },
  )
  assert.equal(response.statusCode, 403)
  assert.equal(response.json().code, 'wrong_origin')
})

test('an account with an authenticator is asked for a code; a code works once, codes close by are fine, old ones are not', async () => {
  const id = await makeAccount(db, { username: 'totp', password: PASSWORD })
  await makeAssignment(db, { accountId: id, role: 'supervisor', regionCode: '32.75' })
  const browser = jar(app)
  assert.equal((await signIn(browser, 'totp')).json().status, 'signed_in')
  assert.equal((await browser.get('/api/me')).json().owed, 'second_factor', 'a supervisor cannot act by password alone')
  assert.equal((await browser.get('/api/me')).json().acting, null)

  const { secret, uri } = (await browser.post('/api/me/authenticator')).json()
  assert.match(uri, /^otpauth:\/\/totp\/Pilar:totp\?secret=/)
  const [row] = await sql<{ totp_secret: Buffer }>('select totp_secret from account where id = $1', [id])
  assert.ok(!row?.totp_secret.toString('latin1').includes(secret), 'sealed in the database')
  assert.equal((await signIn(jar(app), 'totp')).json().status, 'signed_in', 'not asked for before it was confirmed')
  assert.equal((await browser.post('/api/me/authenticator/confirm', { code: '000000' })).statusCode, 400)
  const before = browser.cookies.get('sesi')
  const confirmed = await browser.post('/api/me/authenticator/confirm', { code: await code(secret) })
  assert.equal(confirmed.statusCode, 200, confirmed.body)
  assert.equal(confirmed.json().recoveryCodes.length, 10)
  assert.notEqual(browser.cookies.get('sesi'), before)
  assert.equal((await browser.get('/api/me')).json().acting.role, 'supervisor', 'now acts')

  const next = jar(app)
  assert.deepEqual((await signIn(next, 'totp')).json(), { status: 'second_factor' })
  assert.equal((await next.get('/api/me')).statusCode, 401, 'half signed in is not signed in')
  assert.equal((await next.get('/api/sign-in')).json().pending, 'second_factor')
  const replay = await next.post('/api/sign-in/second-factor', { code: await code(secret) })
  assert.equal(replay.statusCode, 401, 'the code used to confirm is used up')
  assert.equal(replay.json().errors[0].field, 'code')
  later(30)
  const good = await code(secret)
  later(29)
  const [a, b] = await Promise.all(
    [1, 2].map(async () => {
      const twin = jar(app)
      await signIn(twin, 'totp')
      return twin.post('/api/sign-in/second-factor', { code: good })
    }),
  )
  assert.deepEqual(
    new Set([a?.statusCode, b?.statusCode]),
    new Set([200, 401]),
    'the same code at the same time works once',
  )
  later(3600)
  const stale = await code(secret)
  later(61)
  await signIn(next, 'totp')
  assert.equal((await next.post('/api/sign-in/second-factor', { code: stale })).statusCode, 401, 'two steps late')
  assert.equal((await next.post('/api/sign-in/second-factor', { code: await code(secret) })).statusCode, 200)

  const [first, second] = confirmed.json().recoveryCodes as string[]
  for (const [given, status] of [
    [first?.toUpperCase().replace('-', ' '), 200],
    [first, 401],
    [second, 200],
    ['aaaaa-aaaaa', 401],
  ] as const) {
    const lost = jar(app)
    await signIn(lost, 'totp')
    assert.equal((await lost.post('/api/sign-in/second-factor', { code: given })).statusCode, status, given)
  }
  const kept = await sql<{ code_hash: string }>('select code_hash from recovery_code where account_id = $1', [id])
  assert.equal(kept.length, 10)
  assert.ok(kept.every((one) => one.code_hash.startsWith('$argon2id$')))
})

test('a half-finished sign-in runs out, and is nobody else’s', async () => {
  const browser = jar(app)
  await signIn(browser, 'totp')
  later(11 * 60)
  const late = await browser.post('/api/sign-in/second-factor', { code: '123456' })
  assert.equal(late.json().code, 'sign_in_expired')
  assert.equal((await jar(app).post('/api/sign-in/second-factor', { code: '123456' })).json().code, 'sign_in_expired')
  assert.equal((await jar(app).post('/api/sign-in/password', { password: PASSWORD })).json().code, 'sign_in_expired')
})

test('a temporary password is replaced at the first sign-in, and runs out', async () => {
  const id = await makeAccount(db, { username: 'baru', name: 'Baru Sekali', password: 'sementara-123-abc' })
  await sql(`update account set must_change_password = true, password_changed_at = $2 where id = $1`, [id, now()])
  const browser = jar(app)
  assert.deepEqual((await signIn(browser, 'baru', 'sementara-123-abc')).json(), { status: 'password_change' })
  assert.equal((await browser.get('/api/me')).statusCode, 401)
  for (const [password, field] of [
    ['pendek', 'password_short'],
    ['barusekali2026', 'password_personal'],
    ['rahasia123456', 'password_common'],
    ['sementara-123-abc', 'password_same'],
  ] as const) {
    const refused = await browser.post('/api/sign-in/password', { password })
    assert.equal(refused.json().errors[0].code, field)
    assert.match(refused.json().errors[0].message, /\w+ \w+/)
  }
  assert.equal((await browser.post('/api/sign-in/password', { password: PASSWORD })).json().status, 'signed_in')
  assert.equal((await signIn(jar(app), 'baru', 'sementara-123-abc')).statusCode, 401)
  assert.equal((await signIn(jar(app), 'baru')).statusCode, 200)

  await sql(`update account set must_change_password = true, password_changed_at = $2 where id = $1`, [id, now()])
  later(73 * 3600)
  assert.equal((await signIn(jar(app), 'baru')).json().code, 'temporary_password_expired')
})

test('signing out ends the session here, or all of them', async () => {
  const [one, two, three] = [jar(app), jar(app), jar(app)]
  for (const browser of [one, two, three]) await signIn(browser, 'rina')
  const stolen = jar(app, { cookie: `sesi=${one.cookies.get('sesi')}` })
  assert.equal((await one.post('/api/sign-out')).statusCode, 204)
  assert.equal(one.cookies.has('sesi'), false)
  assert.equal((await stolen.get('/api/me')).statusCode, 401, 'the token is dead, not only forgotten')
  assert.equal((await two.get('/api/me')).statusCode, 200)
  assert.equal((await two.post('/api/sign-out/everywhere')).statusCode, 204)
  assert.equal((await three.get('/api/me')).statusCode, 401)
  assert.equal((await jar(app).post('/api/sign-out')).statusCode, 204, 'without a session it does no harm')
})
