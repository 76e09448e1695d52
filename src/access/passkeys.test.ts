import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'uuid'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount, makeAssignment } from '#test/support/accounts.ts'
import { softwareAuthenticator } from '#test/support/authenticator.ts'
import { type Jar, jar } from '#test/support/jar.ts'

const PASSWORD = 'kuda laut menari pelan'
const origin = 'https://pilar.example.go.id'
const { app, db, sql, later } = await accessApp({ baseUrl: origin })
type Device = ReturnType<typeof softwareAuthenticator>

async function person(username: string) {
  const id = await makeAccount(db, { username, password: PASSWORD })
  await makeAssignment(db, { accountId: id, role: 'supervisor', regionCode: '32.75' })
  const browser = jar(app)
  await browser.post('/api/sign-in', { username, password: PASSWORD })
  return { id, browser }
}
async function register(browser: Jar, device: Device, flags = {}) {
  const options = (await browser.post('/api/me/passkeys/options')).json()
  return browser.post('/api/me/passkeys', { name: 'Ponsel kantor', response: device.create(options, flags) })
}
async function signIn(browser: Jar, device: Device, flags = {}) {
  const options = (await browser.post('/api/sign-in/passkey/options')).json()
  return browser.post('/api/sign-in/passkey', device.get(options, flags))
}

test('a passkey is registered, signs in without a user name, is listed, renamed and removed', async () => {
  const { id, browser } = await person('kunci')
  assert.equal((await browser.get('/api/me')).json().owed, 'second_factor')
  const device = softwareAuthenticator({ origin })
  const options = (await browser.post('/api/me/passkeys/options')).json()
  assert.equal(options.rp.id, 'pilar.example.go.id')
  assert.equal(options.authenticatorSelection.residentKey, 'required')
  const before = browser.cookies.get('sesi')
  const added = await browser.post('/api/me/passkeys', { name: 'Ponsel kantor', response: device.create(options) })
  assert.equal(added.statusCode, 201, added.body)
  assert.notEqual(browser.cookies.get('sesi'), before)
  assert.equal((await browser.get('/api/me')).json().acting.role, 'supervisor', 'both factors were shown')
  const again = (await browser.post('/api/me/passkeys/options')).json()
  assert.deepEqual(again.excludeCredentials, [{ id: device.id, type: 'public-key' }])

  const elsewhere = jar(app)
  const response = await signIn(elsewhere, device)
  assert.equal(response.statusCode, 200, response.body)
  const me = (await elsewhere.get('/api/me')).json()
  assert.equal(me.account.id, id)
  assert.equal(me.acting.role, 'supervisor', 'a passkey is both factors')

  const listed = (await elsewhere.get('/api/me/factors')).json().passkeys
  assert.equal(listed.length, 1)
  assert.equal(listed[0].name, 'Ponsel kantor')
  assert.ok(listed[0].lastUsedAt)
  assert.equal(
    (await elsewhere.send('PATCH', `/api/me/passkeys/${device.id}`, { name: 'Ponsel lama' })).statusCode,
    204,
  )
  const stranger = (await person('orang-lain')).browser
  assert.equal((await stranger.send('PATCH', `/api/me/passkeys/${device.id}`, { name: 'Milikku' })).statusCode, 404)
  assert.equal((await stranger.send('DELETE', `/api/me/passkeys/${device.id}`)).statusCode, 404)
  assert.deepEqual(await sql('select name from passkey'), [{ name: 'Ponsel lama' }])
  assert.equal((await elsewhere.send('DELETE', `/api/me/passkeys/${device.id}`)).statusCode, 204)
  assert.equal((await signIn(jar(app), device)).statusCode, 401)
})

test('what a passkey must prove', async () => {
  const { browser, id } = await person('bukti')
  const other = await person('sasaran')
  const device = softwareAuthenticator({ origin })
  for (const [flags, what] of [
    [{ origin: 'https://pilar.example.org' }, 'another origin'],
    [{ rpId: 'example.go.id' }, 'another site'],
    [{ userVerified: false }, 'nobody verified'],
    [{ challenge: 'AAAA' }, 'another challenge'],
  ] as const)
    assert.equal((await register(browser, device, flags)).statusCode, 400, what)
  assert.equal((await register(browser, device)).statusCode, 201)
  assert.equal((await register(other.browser, device)).statusCode, 409, 'one key, one account')
  assert.equal((await signIn(jar(app), device)).statusCode, 200, 'it works when nothing is wrong')

  for (const [flags, what] of [
    [{ origin: 'https://pilar.example.org' }, 'another origin'],
    [{ rpId: 'example.go.id' }, 'another site'],
    [{ userVerified: false }, 'nobody verified'],
    [{ challenge: 'AAAA' }, 'another challenge'],
    [{ counter: 0 }, 'a copied key counts backwards'],
    [{ userHandle: Buffer.from(parse(other.id)).toString('base64url') }, 'a key that answers for somebody else'],
    [{ userHandle: '' }, 'a key that does not say whose it is'],
  ] as const)
    assert.equal((await signIn(jar(app), device, flags)).statusCode, 401, what)
  assert.equal((await signIn(jar(app), softwareAuthenticator({ origin }))).statusCode, 401, 'a key nobody registered')

  const once = jar(app)
  const options = (await once.post('/api/sign-in/passkey/options')).json()
  const answer = device.get(options)
  const step = once.cookies.get('langkah') ?? ''
  assert.equal((await once.post('/api/sign-in/passkey', answer)).statusCode, 200)
  const replay = jar(app, { cookie: `langkah=${step}` })
  assert.equal(
    (await replay.post('/api/sign-in/passkey', answer)).json().code,
    'sign_in_expired',
    'a challenge works once',
  )
  const slow = jar(app)
  const late = (await slow.post('/api/sign-in/passkey/options')).json()
  later(11 * 60)
  assert.equal((await slow.post('/api/sign-in/passkey', device.get(late))).json().code, 'sign_in_expired')
  await sql('update account set active = false where id = $1', [id])
  assert.equal((await signIn(jar(app), device)).statusCode, 401, 'a deactivated account')
})

test('nonsense is refused', async () => {
  const browser = jar(app)
  await browser.post('/api/sign-in/passkey/options')
  const bytes = 'AAAA'
  const answer = {
    id: bytes,
    rawId: bytes,
    type: 'public-key',
    response: { clientDataJSON: bytes, authenticatorData: bytes, signature: bytes },
  }
  assert.equal((await browser.post('/api/sign-in/passkey', answer)).statusCode, 401)
  assert.equal((await browser.post('/api/sign-in/passkey', { ...answer, id: '../..' })).statusCode, 400)
  const mine = (await person('omong')).browser
  await mine.post('/api/me/passkeys/options')
  const made = { ...answer, response: { clientDataJSON: bytes, attestationObject: bytes } }
  assert.equal((await mine.post('/api/me/passkeys', { name: 'x', response: made })).statusCode, 400)
})
