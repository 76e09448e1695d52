import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { Provider } from 'oidc-provider'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount, makeAssignment } from '#test/support/accounts.ts'
import { type Jar, jar } from '#test/support/jar.ts'

/*
 * A real provider on loopback (oidc-provider) with its development pages, where a "browser" of fetch and cookies signs in.
 */
const baseUrl = 'http://localhost:39999'
type Person = { email?: string; email_verified?: boolean; amr?: string[] }
const people: Record<string, Person> = {
  'p-rina': { email: 'Rina@example.go.id', email_verified: true },
  'p-palsu': { email: 'rina@example.go.id', email_verified: false },
  'p-kembar': { email: 'rina@example.go.id', email_verified: true },
  'p-asing': { email: 'asing@example.org', email_verified: true },
  'p-mati': { email: 'mati@example.go.id', email_verified: true },
  'p-dua': { email: 'dua@example.go.id', email_verified: true },
}

const server = createServer()
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'pilar',
      client_secret: 'rahasia-uji',
      redirect_uris: [`${baseUrl}/api/sign-in/single-sign-on/callback`],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  cookies: { keys: ['uji'] },
  findAccount: (_ctx: unknown, sub: string) => ({ accountId: sub, claims: async () => ({ sub, ...people[sub] }) }),
})
server.on('request', provider.callback())
after(() => {
  server.closeAllConnections()
  server.close()
})

/** Signs in at the provider as `login`, the way a browser would; gives the address it is sent back to. */
async function atProvider(url: string, login: string): Promise<string> {
  const cookies = new Map<string, string>()
  const go = async (target: string, init: RequestInit = {}): Promise<Response> => {
    const response = await fetch(target, {
      ...init,
      redirect: 'manual',
      headers: { ...init.headers, cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    return response
  }
  let response = await go(url)
  for (let i = 0; i < 12; i++) {
    const location = response.headers.get('location')
    if (location) {
      const next = new URL(location, url).href
      if (next.startsWith(baseUrl)) return next
      response = await go(next)
      continue
    }
    const page = await response.text()
    const action = /action="([^"]+)"/.exec(page)?.[1]
    const prompt = /name="prompt" value="([^"]+)"/.exec(page)?.[1]
    assert.ok(action && prompt, `the provider shows a form: ${page.slice(0, 300)}`)
    response = await go(new URL(action, url).href, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ prompt, ...(prompt === 'login' && { login, password: 'apa saja' }) }),
    })
  }
  throw new Error('the provider never sent the browser back')
}

const settings = { issuer, clientId: 'pilar', clientSecret: 'rahasia-uji', name: 'SSO Uji', linkByEmail: true }
const { app, db, sql } = await accessApp({ baseUrl, oidc: settings })

async function begin(browser: Jar) {
  const response = await browser.get('/api/sign-in/single-sign-on')
  assert.equal(response.statusCode, 303)
  return String(response.headers.location)
}
async function signIn(browser: Jar, login: string): Promise<string> {
  const back = await atProvider(await begin(browser), login)
  const response = await browser.get(back.slice(baseUrl.length))
  assert.equal(response.statusCode, 303)
  return String(response.headers.location)
}

test('somebody of a known e-mail is linked once, and found by the provider’s own number from then on', async () => {
  const id = await makeAccount(db, { username: 'rina', email: 'rina@example.go.id' })
  await makeAssignment(db, { accountId: id, role: 'officer', regionCode: '32.75' })
  const browser = jar(app)
  const address = new URL(await begin(browser))
  assert.equal(address.searchParams.get('code_challenge_method'), 'S256')
  for (const name of ['state', 'nonce', 'code_challenge'])
    assert.ok((address.searchParams.get(name) ?? '').length >= 32, name)

  assert.equal(await signIn(browser, 'p-rina'), '/masuk')
  assert.equal((await browser.get('/api/me')).json().acting.role, 'officer')
  assert.deepEqual(await sql('select issuer, subject, account_id from oidc_identity'), [
    { issuer, subject: 'p-rina', account_id: id },
  ])
  const [session] = await sql<{ methods: string[] }>('select methods from session')
  assert.deepEqual(session?.methods, ['single_sign_on'])

  await sql(`update account set email = null where id = $1`, [id])
  assert.equal(await signIn(jar(app), 'p-rina'), '/masuk', 'the link holds without the e-mail')
  await sql(`update account set email = 'rina@example.go.id' where id = $1`, [id])
  assert.equal(
    await signIn(jar(app), 'p-kembar'),
    '/masuk?gagal=sso_unknown',
    'a second person with the same e-mail is not let in',
  )
})

test('nobody is let in who has no account, no verified e-mail, or an account that is not active', async () => {
  await sql('delete from oidc_identity')
  await makeAccount(db, { username: 'mati', email: 'mati@example.go.id' })
  await sql(`update account set active = false where username = 'mati'`)
  const [before] = await sql<{ n: number }>('select count(*) n from account')
  for (const login of ['p-palsu', 'p-asing', 'p-mati']) {
    const browser = jar(app)
    assert.equal(await signIn(browser, login), '/masuk?gagal=sso_unknown', login)
    assert.equal((await browser.get('/api/me')).statusCode, 401)
  }
  assert.deepEqual(await sql('select count(*) n from account'), [before], 'no account was made')
  assert.deepEqual(await sql('select 1 from oidc_identity'), [])
})

test('a supervisor whose provider says nothing of two factors owes one here; configured trust counts', async () => {
  const id = await makeAccount(db, { username: 'dua', email: 'dua@example.go.id' })
  await makeAssignment(db, { accountId: id, role: 'supervisor', regionCode: '32.75' })
  const browser = jar(app)
  await signIn(browser, 'p-dua')
  assert.equal((await browser.get('/api/me')).json().owed, 'second_factor')

  const trusting = await accessApp({ baseUrl, oidc: { ...settings, alwaysTwoFactors: true } })
  const there = await makeAccount(trusting.db, { username: 'dua', email: 'dua@example.go.id' })
  await makeAssignment(trusting.db, { accountId: there, role: 'supervisor', regionCode: '32.75' })
  const other = jar(trusting.app)
  await signIn(other, 'p-dua')
  assert.equal((await other.get('/api/me')).json().owed, null)

  const careful = await accessApp({ baseUrl, oidc: { ...settings, linkByEmail: false } })
  await makeAccount(careful.db, { username: 'dua', email: 'dua@example.go.id' })
  assert.equal(
    await signIn(jar(careful.app), 'p-dua'),
    '/masuk?gagal=sso_unknown',
    'e-mail links only where configured',
  )
})

test('a round trip belongs to the browser that began it, and is good once', async () => {
  const mine = jar(app)
  const back = await atProvider(await begin(mine), 'p-dua')
  const path = back.slice(baseUrl.length)
  const victim = jar(app)
  assert.equal((await victim.get(path)).headers.location, '/masuk?gagal=sign_in_expired', 'no cookie of a beginning')
  await begin(victim)
  assert.equal((await victim.get(path)).headers.location, '/masuk?gagal=sso_failed', 'another state')
  assert.equal((await victim.get('/api/me')).statusCode, 401)
  assert.equal((await mine.get(path)).headers.location, '/masuk')
  assert.equal((await mine.get(path)).headers.location, '/masuk?gagal=sign_in_expired')

  const refused = jar(app)
  const address = new URL(await begin(refused))
  const state = address.searchParams.get('state')
  const denied = await refused.get(
    `/api/sign-in/single-sign-on/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(issuer)}`,
  )
  assert.equal(denied.headers.location, '/masuk?gagal=sso_failed')
})

test('a foreign page cannot start it, and a provider that is away is said in words', async () => {
  const response = await jar(app).get('/api/sign-in/single-sign-on', { 'sec-fetch-site': 'cross-site' })
  assert.equal(response.headers.location, '/masuk')
  const away = await accessApp({ baseUrl, oidc: { ...settings, issuer: 'http://127.0.0.1:9' } })
  assert.equal((await jar(away.app).get('/api/sign-in/single-sign-on')).headers.location, '/masuk?gagal=sso_away')
  const none = await accessApp()
  assert.equal((await jar(none.app).get('/api/sign-in/single-sign-on')).statusCode, 404)
  assert.equal((await jar(none.app).get('/api/sign-in')).json().singleSignOn, null)
  assert.deepEqual((await jar(app).get('/api/sign-in')).json().singleSignOn, { name: 'SSO Uji' })
})
