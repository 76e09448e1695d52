import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generate } from 'otplib'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount, makeAssignment, signedIn } from '#test/support/accounts.ts'
import { jar } from '#test/support/jar.ts'

const PASSWORD = 'kuda laut menari pelan'
const NEW = 'payung biru di atas genteng'
const { app, db, sql, later, now } = await accessApp()

async function person(username: string) {
  const id = await makeAccount(db, { username, password: PASSWORD })
  const open = async () => {
    const browser = jar(app)
    assert.equal((await browser.post('/api/sign-in', { username, password: PASSWORD })).statusCode, 200)
    return browser
  }
  return { id, open, browser: await open() }
}

test('one person, several assignments: asked at first, then the last one used; every change is a new token', async () => {
  const { id, open, browser } = await person('ganda')
  const village = await makeAssignment(db, { accountId: id, role: 'officer', regionCode: '32.75.04.1001' })
  const city = await makeAssignment(db, { accountId: id, role: 'pillar', regionCode: '32.75', pillarKind: 'tksk' })
  const other = await signedIn(app, { role: 'officer', regionCode: '33.13' })

  let me = (await browser.get('/api/me')).json()
  assert.equal(me.acting, null)
  assert.equal(me.owed, 'assignment')
  assert.deepEqual(
    me.assignments.map((one: { assignmentId: string }) => one.assignmentId),
    [city, village],
  )
  assert.equal(me.assignments[1].officeId, '32.75.04.1001/social')
  assert.match(me.assignments[1].regionName, /Kota Bekasi/i)

  const before = browser.cookies.get('sesi')
  assert.equal((await browser.post('/api/me/acting', { assignmentId: village })).statusCode, 204)
  assert.notEqual(browser.cookies.get('sesi'), before)
  assert.equal((await jar(app, { cookie: `sesi=${before}` }).get('/api/me')).statusCode, 401, 'the old token is dead')
  me = (await browser.get('/api/me')).json()
  assert.equal(me.acting.assignmentId, village)

  assert.equal((await browser.post('/api/me/acting', { assignmentId: other.actor.assignmentId })).statusCode, 404)
  const again = await open()
  assert.equal((await again.get('/api/me')).json().acting.assignmentId, village, 'the last one used')
  await sql('update assignment set ended_at = now() where id = $1', [village])
  assert.equal((await again.get('/api/me')).json().acting, null, 'an ended assignment is over with the next click')
  assert.equal((await again.post('/api/me/acting', { assignmentId: village })).statusCode, 404)
  assert.equal((await (await open()).get('/api/me')).json().acting.assignmentId, city, 'just one is left')
})

test('a password change needs the old one, ends other sessions, and keeps this one under a new token', async () => {
  const { browser, open } = await person('ubah')
  const elsewhere = await open()
  const change = (current: string, password: string) => browser.post('/api/me/password', { current, password })
  assert.equal((await change('bukan yang lama', NEW)).json().errors[0].field, 'current')
  assert.equal((await change(PASSWORD, 'pendek')).json().errors[0].code, 'password_short')
  assert.equal((await change(PASSWORD, PASSWORD)).json().errors[0].code, 'password_same')
  const before = browser.cookies.get('sesi')
  assert.equal((await change(PASSWORD, NEW)).statusCode, 204)
  assert.equal((await browser.get('/api/me')).statusCode, 200)
  assert.equal((await elsewhere.get('/api/me')).statusCode, 401)
  assert.equal((await jar(app, { cookie: `sesi=${before}` }).get('/api/me')).statusCode, 401)
  assert.equal((await jar(app).post('/api/sign-in', { username: 'ubah', password: PASSWORD })).statusCode, 401)
  assert.equal((await jar(app).post('/api/sign-in', { username: 'ubah', password: NEW })).statusCode, 200)
})

test('guesses at the old password are counted', async () => {
  const { browser } = await person('tebak')
  const statuses = []
  for (let i = 0; i < 7; i++)
    statuses.push((await browser.post('/api/me/password', { current: `tebakan ${i}`, password: NEW })).statusCode)
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429, 429])
})

test('sensitive changes ask for a fresh proof, and a proof is a new token', async () => {
  const { browser } = await person('bukti')
  later(16 * 60)
  for (const [method, url] of [
    ['POST', '/api/me/authenticator'],
    ['POST', '/api/me/authenticator/confirm'],
    ['DELETE', '/api/me/authenticator'],
    ['POST', '/api/me/recovery-codes'],
    ['POST', '/api/me/passkeys/options'],
    ['DELETE', '/api/me/passkeys/abc'],
    ['DELETE', '/api/me/sessions/others'],
  ] as const) {
    const refused = await browser.send(method, url, url.endsWith('confirm') ? { code: '123456' } : undefined)
    assert.equal(refused.json().code, 'proof_needed', `${method} ${url}`)
  }
  assert.equal((await browser.post('/api/me/proof', { password: 'bukan ini' })).json().errors[0].field, 'password')
  assert.equal((await browser.post('/api/me/proof', {})).statusCode, 400)
  const before = browser.cookies.get('sesi')
  assert.equal((await browser.post('/api/me/proof', { password: PASSWORD })).statusCode, 204)
  assert.notEqual(browser.cookies.get('sesi'), before)
  const { secret } = (await browser.post('/api/me/authenticator')).json()
  const code = await generate({ secret, epoch: Math.floor(now().getTime() / 1000) })
  assert.equal((await browser.post('/api/me/authenticator/confirm', { code })).statusCode, 200)
  assert.equal((await browser.post('/api/me/authenticator')).json().code, 'totp_already')

  later(16 * 60)
  assert.equal((await browser.post('/api/me/proof', { code })).statusCode, 400, 'a used code is no proof')
  const fresh = await generate({ secret, epoch: Math.floor(now().getTime() / 1000) })
  assert.equal((await browser.post('/api/me/proof', { code: fresh })).statusCode, 204)
  const codes = (await browser.post('/api/me/recovery-codes')).json().recoveryCodes
  assert.equal(new Set(codes).size, 10)
  assert.equal((await browser.get('/api/me/factors')).json().recoveryCodesLeft, 10)
  assert.equal((await browser.send('DELETE', '/api/me/authenticator')).statusCode, 204)
  const factors = (await browser.get('/api/me/factors')).json()
  assert.equal(factors.totpConfirmedAt, null)
  assert.equal(factors.recoveryCodesLeft, 0)
  assert.equal(factors.passwordMinLength, 12)
})

test('sessions are listed, and only one’s own can be ended', async () => {
  const { browser, open, id } = await person('sesi')
  const phone = await open()
  const stranger = await signedIn(app, { role: 'officer', regionCode: '33.13' })
  const list = async () =>
    (await browser.get('/api/me/sessions')).json().items as { id: string; current: boolean; address: string }[]
  const [mine] = (await list()).filter((one) => one.current)
  const [theirs] = (await list()).filter((one) => !one.current)
  assert.equal((await list()).length, 2)
  assert.equal(mine?.address, '203.0.113.7')
  assert.equal((await browser.send('DELETE', `/api/me/sessions/${stranger.sessionId}`)).statusCode, 404)
  assert.equal((await jar(app, { cookie: stranger.cookie }).get('/api/me')).statusCode, 200, 'the stranger is still in')
  assert.equal((await browser.send('DELETE', `/api/me/sessions/${theirs?.id}`)).statusCode, 204)
  assert.equal((await phone.get('/api/me')).statusCode, 401)
  const [tablet, desk] = [await open(), await open()]
  assert.equal((await browser.send('DELETE', '/api/me/sessions/others')).statusCode, 204)
  for (const gone of [tablet, desk]) assert.equal((await gone.get('/api/me')).statusCode, 401)
  assert.equal((await list()).length, 1)
  assert.equal((await browser.send('DELETE', '/api/me/sessions/bukan-uuid')).statusCode, 400)
  const acts = await sql<{ n: number }>(`select count(*) n from audit_entry where act = 'sign_out' and actor_id = $1`, [
    id,
  ])
  assert.equal(acts[0]?.n, 2)
})
