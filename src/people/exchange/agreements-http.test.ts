import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { AgreementBody, AgreementCalls, AgreementCreated, AgreementPage } from './schema.ts'
import { hashToken } from './tokens.ts'

const database = await testDatabase()
const { db, sql } = database
const app = await testApp(db)

type Refused = { code: string; errors?: { field: string; code: string }[] }
async function call<T>(who: SignedIn | undefined, method: 'GET' | 'POST', url: string, payload?: object) {
  const res = await app.inject({
    method,
    url: `/api${url}`,
    headers: who ? { cookie: who.cookie } : {},
    ...(payload && { payload }),
  })
  return { status: res.statusCode, body: res.json<T>() }
}
/** Whether the registry lets a bearer of this token in; what is asked does not matter. */
async function letIn(token: string): Promise<boolean> {
  const res = await app.inject({
    method: 'POST',
    url: '/spdci/registry/sync/search',
    headers: { authorization: `Bearer ${token}` },
    payload: {},
  })
  return res.statusCode !== 401
}

const agreement = {
  senderId: 'bansos.contoh.invalid',
  name: 'Aplikasi penyaluran contoh',
  purpose: 'Memastikan penerima bantuan terdaftar',
  legalBasis: 'Perjanjian kerja sama contoh 12/2026',
  regions: ['32.75'],
  fields: ['group.decile'],
  queryTypes: ['idtype-value'],
  signatureRequired: false,
}
const keeper = await signedIn(db, { role: 'administrator', regionCode: '32.75' })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32.75' })
const elsewhere = await signedIn(db, { role: 'administrator', regionCode: '33.13' })

test('an administrator makes an agreement; its token opens the registry until it is renewed or revoked', async () => {
  const made = await call<AgreementCreated>(keeper, 'POST', '/agreements', agreement)
  assert.equal(made.status, 201)
  const { id } = made.body.agreement
  assert.equal(made.body.agreement.state, 'in_force')
  assert.ok(await letIn(made.body.token))
  assert.equal((await call<Refused>(keeper, 'POST', '/agreements', agreement)).body.code, 'already_exists')

  const page = await call<AgreementPage>(keeper, 'GET', '/agreements')
  assert.deepEqual(
    page.body.items.map((one) => [one.id, one.senderId, one.regions[0]?.code]),
    [[id, agreement.senderId, '32.75']],
  )
  // Whatever is read later, no token is in it.
  for (const url of ['/agreements', `/agreements/${id}`, `/agreements/${id}/calls`])
    for (const secret of [made.body.token, made.body.clientSecret])
      assert.ok(!JSON.stringify((await call(auditor, 'GET', url)).body).includes(secret), url)
  assert.equal((await call<AgreementCalls>(auditor, 'GET', `/agreements/${id}/calls`)).status, 200)

  const renewed = await call<AgreementCreated>(keeper, 'POST', `/agreements/${id}/tokens`)
  assert.equal(renewed.status, 201)
  assert.deepEqual([await letIn(made.body.token), await letIn(renewed.body.token)], [false, true])

  const bare = await call<Refused>(keeper, 'POST', `/agreements/${id}/revoke`, { reason: 'x' })
  assert.deepEqual([bare.status, bare.body.errors?.[0]?.field], [400, 'reason'])
  const ended = await call<AgreementBody>(keeper, 'POST', `/agreements/${id}/revoke`, { reason: 'Kerja sama selesai' })
  assert.deepEqual([ended.status, ended.body.state], [200, 'revoked'])
  assert.equal(await letIn(renewed.body.token), false)
  assert.equal((await call(keeper, 'POST', `/agreements/${id}/tokens`)).status, 409)
})

test('agreements are the work of administrators of the region; auditors read, others see nothing', async () => {
  const made = await call<AgreementCreated>(keeper, 'POST', '/agreements', { ...agreement, senderId: 'kedua.invalid' })
  const { id } = made.body.agreement
  assert.equal((await call(auditor, 'GET', `/agreements/${id}`)).status, 200)
  assert.equal((await call(auditor, 'POST', '/agreements', { ...agreement, senderId: 'x.invalid' })).status, 403)
  for (const role of ['officer', 'supervisor', 'pillar'] as const) {
    const who = await signedIn(db, { role, regionCode: '32.75' })
    assert.equal((await call(who, 'GET', '/agreements')).status, 403, role)
    assert.equal((await call(who, 'GET', `/agreements/${id}`)).status, 403, role)
    assert.equal((await call(who, 'POST', '/agreements', { ...agreement, senderId: 'x.invalid' })).status, 403, role)
    assert.equal((await call(who, 'POST', `/agreements/${id}/revoke`, { reason: 'Selesai' })).status, 403, role)
  }
  assert.equal((await call(undefined, 'GET', '/agreements')).status, 401)
  assert.equal((await call(elsewhere, 'GET', `/agreements/${id}`)).status, 404)
  assert.deepEqual((await call<AgreementPage>(elsewhere, 'GET', '/agreements')).body.items, [])
  const far = await call(elsewhere, 'POST', '/agreements', { ...agreement, senderId: 'x.invalid' })
  assert.equal(far.status, 403)
})

test('what is wrong is refused at its field: an unknown region, sealed fields without a reason, no key', async () => {
  const refused = async (more: object) => {
    const { status, body } = await call<Refused>(keeper, 'POST', '/agreements', {
      ...agreement,
      senderId: 'ketiga.invalid',
      ...more,
    })
    return [status, body.errors?.[0]?.field]
  }
  assert.deepEqual(await refused({ regions: ['32.75.99'] }), [400, 'regions'])
  assert.deepEqual(await refused({ fields: ['member.disabilities'] }), [400, 'sealedReason'])
  assert.deepEqual(await refused({ signatureRequired: true }), [400, 'publicKey'])
  assert.deepEqual(await refused({ validTo: '2020-01-01' }), [400, 'validTo'])
})

const command = fileURLToPath(new URL('consumer-command.ts', import.meta.url))
async function consumer(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl }
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [command, ...args], { env })
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

test('npm run consumer makes an agreement and prints its token once; the database keeps only its hash', async () => {
  const given = ['--sender-id', 'perintah.invalid', '--regions', '32.75', '--fields', 'all', '--no-signature']
  const { code, out, err } = await consumer(...given)
  assert.deepEqual([code, err], [0, ''])
  const token = /^token\s+([A-Za-z0-9_-]{43})$/m.exec(out)?.[1] ?? ''
  assert.equal(out.split(token).length, 2)
  assert.ok(await letIn(token))
  const kept = await sql<{ kind: string; text: string }>(
    'select t.kind, to_jsonb(t)::text as text from agreement_token t where hash = $1',
    [hashToken(token)],
  )
  assert.equal(kept[0]?.kind, 'bearer')
  assert.ok(!kept[0]?.text.includes(token))

  const again = await consumer(...given)
  assert.equal(again.code, 2)
  assert.match(again.err, /already_exists/)
  const wrong = await consumer('--regions', '32.75')
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /senderId.*\n.*npm run consumer/)
})
