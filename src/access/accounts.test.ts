import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessApp } from '#test/support/access-app.ts'
import { makeAccount, makeAssignment, signedIn } from '#test/support/accounts.ts'
import { type Jar, jar } from '#test/support/jar.ts'

const PASSWORD = 'kuda laut menari pelan'
const { app, db, sql, later } = await accessApp()
const admin = async (regionCode: string) => {
  const who = await signedIn(app, { role: 'administrator', regionCode })
  return { ...who, browser: jar(app, { cookie: who.cookie }) }
}
const city = await admin('32.75')
const create = (browser: Jar, username: string, homeRegionCode: string, more: object = {}) =>
  browser.post('/api/accounts', { username, name: `Orang ${username}`, homeRegionCode, ...more })

test('from a new account to its first act', async () => {
  const made = await create(city.browser, 'petugas.baru', '32.75.04', { email: 'Petugas@Example.go.id' })
  assert.equal(made.statusCode, 201, made.body)
  const { id, temporaryPassword } = made.json()
  assert.match(temporaryPassword, /^([a-z2-9]{4}-){3}[a-z2-9]{4}$/)
  const given = await city.browser.post(`/api/accounts/${id}/assignments`, { role: 'officer', regionCode: '32.75.04' })
  assert.equal(given.statusCode, 201, given.body)
  const [office] = await sql<{ staff_count: number }>(`select staff_count from office where id = '32.75.04/social'`)
  assert.equal(office?.staff_count, 1, 'the office is staffed now')

  const browser = jar(app)
  const first = await browser.post('/api/sign-in', { username: 'petugas.baru', password: temporaryPassword })
  assert.equal(first.json().status, 'password_change')
  await browser.post('/api/sign-in/password', { password: PASSWORD })
  assert.equal((await browser.get('/api/me')).json().acting.officeId, '32.75.04/social')

  const seen = (await city.browser.get(`/api/accounts/${id}`)).json()
  assert.equal(seen.email, 'petugas@example.go.id')
  assert.equal(seen.mustChangePassword, false)
  assert.ok(Object.values(seen.can).every(Boolean))
  assert.ok(!JSON.stringify(seen).includes('argon2'))

  const end = await city.browser.post(`/api/accounts/${id}/assignments/${given.json().assignmentId}/end`)
  assert.equal(end.statusCode, 204)
  assert.equal((await browser.get('/api/me')).json().acting, null)
  assert.equal(
    (await city.browser.post(`/api/accounts/${id}/assignments/${given.json().assignmentId}/end`)).statusCode,
    404,
  )
  const [after] = await sql<{ staff_count: number }>(`select staff_count from office where id = '32.75.04/social'`)
  assert.equal(after?.staff_count, 0)
})

test('wrong input is named at its field', async () => {
  const accountId = await makeAccount(db, { regionCode: '32.75' })
  const field = async (body: object) => {
    const response = await city.browser.post(`/api/accounts/${accountId}/assignments`, body)
    assert.equal(response.statusCode, 400, response.body)
    return response.json().errors[0]
  }
  assert.deepEqual(Object.values(await field({ role: 'officer', regionCode: '32.75.99' })).slice(0, 2), [
    'regionCode',
    'unknown',
  ])
  assert.equal((await field({ role: 'pillar', regionCode: '32.75' })).field, 'pillarKind')
  assert.equal((await field({ role: 'officer', regionCode: '32.75', pillarKind: 'psm' })).field, 'pillarKind')
  assert.equal(
    (await field({ role: 'officer', regionCode: '32.75.04.1001', agency: 'health_insurance' })).code,
    'no_office',
  )
  assert.equal(
    (await field({ role: 'officer', regionCode: '32.75', validFrom: '2026-12-01', validTo: '2026-11-30' })).field,
    'validTo',
  )
  const twice = { role: 'pillar', regionCode: '32.75', pillarKind: 'psm' }
  assert.equal((await city.browser.post(`/api/accounts/${accountId}/assignments`, twice)).statusCode, 201)
  assert.equal(
    (await city.browser.post(`/api/accounts/${accountId}/assignments`, twice)).json().code,
    'assignment_exists',
  )

  assert.equal((await create(city.browser, 'sama', '32.75')).statusCode, 201)
  const taken = await create(city.browser, 'sama', '32.75')
  assert.equal(taken.statusCode, 409)
  assert.equal(taken.json().errors[0].field, 'username')
  assert.equal((await create(city.browser, 'Huruf Besar', '32.75')).statusCode, 400)
  assert.equal((await create(city.browser, 'luar', '33.13')).statusCode, 403)
  assert.equal((await create(city.browser, 'tidak-ada', '32.75.99')).json().errors[0].field, 'homeRegionCode')
})

test('nobody gives themselves anything, or manages themselves', async () => {
  const self = city.accountId
  for (const [url, body] of [
    [`/api/accounts/${self}/assignments`, { role: 'officer', regionCode: '32.75' }],
    [`/api/accounts/${self}/activation`, { active: false }],
    [`/api/accounts/${self}/password`, undefined],
    [`/api/accounts/${self}/second-factor/reset`, undefined],
    [`/api/accounts/${self}/sessions/end`, undefined],
    [`/api/accounts/${self}/assignments/${city.actor.assignmentId}/end`, undefined],
  ] as const)
    assert.equal((await city.browser.post(url, body)).statusCode, 403, url)
  assert.equal((await city.browser.send('PATCH', `/api/accounts/${self}`, { name: 'Lain' })).statusCode, 403)
})

test('whoever acts higher up is out of reach of the one who administers his home', async () => {
  const id = await makeAccount(db, { username: 'tinggi', regionCode: '32.75', password: PASSWORD })
  const manages = async () => (await city.browser.get(`/api/accounts/${id}`)).json().can.resetPassword
  assert.equal(await manages(), true)
  const high = await makeAssignment(db, { accountId: id, role: 'officer', regionCode: '32' })
  assert.equal(await manages(), false)
  for (const what of ['password', 'second-factor/reset', 'sessions/end'])
    assert.equal((await city.browser.post(`/api/accounts/${id}/${what}`)).statusCode, 403, what)
  assert.equal((await city.browser.post(`/api/accounts/${id}/activation`, { active: false })).statusCode, 403)
  assert.equal(
    (await city.browser.send('PATCH', `/api/accounts/${id}`, { email: 'jahat@example.org' })).statusCode,
    403,
  )
  // The same by the database alone, past the policy in the code.
  for (const statement of ['password_hash = null', 'active = false', `email = 'jahat@example.org'`]) {
    const changed = await db.as(city.actor, async (tx) => {
      const { sql: raw } = await import('kysely')
      return raw.raw(`update account set ${statement} where id = '${id}'`).execute(tx)
    })
    assert.equal(changed.numAffectedRows, 0n, statement)
  }
  await sql('update assignment set ended_at = now() where id = $1', [high])
  assert.equal(await manages(), true)
  const peer = await makeAssignment(db, { accountId: id, role: 'administrator', regionCode: '32.75' })
  assert.equal(await manages(), false, 'a peer is out of reach too')
  await sql('update assignment set ended_at = now() where id = $1', [peer])
})

test('deactivating and resetting end every session at once', async () => {
  const id = await makeAccount(db, { username: 'keluar', regionCode: '32.75', password: PASSWORD })
  const open = async (password = PASSWORD) => {
    const browser = jar(app)
    return { browser, response: await browser.post('/api/sign-in', { username: 'keluar', password }) }
  }
  const one = (await open()).browser
  assert.equal((await one.get('/api/me')).statusCode, 200)
  assert.equal((await city.browser.post(`/api/accounts/${id}/activation`, { active: false })).statusCode, 204)
  assert.equal((await one.get('/api/me')).statusCode, 401)
  assert.equal((await open()).response.statusCode, 401)
  assert.equal((await city.browser.post(`/api/accounts/${id}/activation`, { active: true })).statusCode, 204)
  assert.equal((await one.get('/api/me')).statusCode, 401, 'a session that ended stays ended')

  const two = (await open()).browser
  assert.equal((await city.browser.post(`/api/accounts/${id}/sessions/end`)).json().ended, 1)
  assert.equal((await two.get('/api/me')).statusCode, 401)

  const three = (await open()).browser
  const { temporaryPassword } = (await city.browser.post(`/api/accounts/${id}/password`)).json()
  assert.equal((await three.get('/api/me')).statusCode, 401)
  assert.equal((await open()).response.statusCode, 401, 'the old password is gone')
  assert.equal((await open(temporaryPassword)).response.json().status, 'password_change')
  const again = (await city.browser.post(`/api/accounts/${id}/password`)).json().temporaryPassword
  assert.notEqual(again, temporaryPassword)

  await sql(`update account set totp_secret = '\\x00', totp_confirmed_at = now() where id = $1`, [id])
  await sql(`insert into passkey (id, account_id, name, public_key) values ('abc', $1, 'kunci', '\\x00')`, [id])
  assert.equal((await city.browser.post(`/api/accounts/${id}/second-factor/reset`)).statusCode, 204)
  const [left] = await sql<{ totp: boolean; keys: number }>(
    `select totp_secret is not null totp, (select count(*) from passkey where account_id = $1) keys from account where id = $1`,
    [id],
  )
  assert.deepEqual(left, { totp: false, keys: 0 })
  const acts = await sql<{ act: string }>(
    `select distinct act from audit_entry where subject_id = $1 and actor_id = $2 order by act`,
    [id, city.accountId],
  )
  assert.deepEqual(
    acts.map((one) => one.act),
    ['password_reset', 'second_factor_reset', 'sessions_ended', 'update'],
  )
})

test('keys of others are reset only by somebody who just proved who they are', async () => {
  const id = await makeAccount(db, { regionCode: '32.75' })
  const tired = await admin('32.75')
  later(16 * 60)
  for (const what of ['password', 'second-factor/reset'])
    assert.equal((await tired.browser.post(`/api/accounts/${id}/${what}`)).json().code, 'proof_needed')
  const named = await tired.browser.post(`/api/accounts/${id}/assignments`, {
    role: 'administrator',
    regionCode: '32.75.04',
  })
  assert.equal(named.json().code, 'proof_needed')
})

test('the list is paged by name, searched and filtered', async () => {
  const karanganyar = await admin('33.13')
  for (let i = 0; i < 7; i++)
    await makeAccount(db, {
      name: `Karyawan ${i % 2 ? 'Ayu' : 'ayu'} ${i}`,
      username: `kar${i}`,
      regionCode: i < 5 ? '33.13.01' : '33.13.02',
    })
  const ayu = await makeAccount(db, { name: 'Persen 100%_ok', username: 'persen', regionCode: '33.13' })
  await makeAssignment(db, { accountId: ayu, role: 'pillar', regionCode: '33.13' })
  const all: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: { items: { username: string }[]; next: string | null } = (
      await karanganyar.browser.get(`/api/accounts?limit=3${next && `&after=${next}`}`)
    ).json()
    all.push(...page.items.map((one) => one.username))
    next = page.next
  }
  assert.equal(all.length, 9)
  assert.equal(new Set(all).size, 9)
  const find = async (query: string) =>
    ((await karanganyar.browser.get(`/api/accounts?${query}`)).json().items as { username: string }[]).map(
      (one) => one.username,
    )
  assert.deepEqual(await find('q=AYU%203'), ['kar3'])
  assert.deepEqual(await find('q=%25_'), ['persen'], 'signs of patterns are plain text')
  assert.deepEqual(await find('regionCode=33.13.02'), ['kar5', 'kar6'])
  assert.deepEqual(await find('role=pillar'), ['persen'])
  assert.deepEqual(await find('regionCode=32.75'), [], 'not outside the region')
  await sql(`update account set active = false where username = 'kar0'`)
  assert.deepEqual(await find('active=false'), ['kar0'])
  assert.equal((await karanganyar.browser.get('/api/accounts?after=bukan')).statusCode, 400)
})
