import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { signedIn } from '#test/support/accounts.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { recordAct, sealAudit, writeHead } from './index.ts'
import type { AuditPage, Chain, Verification } from './schema.ts'

const { db, sql } = await testDatabase()
const app = await buildApp({ db, files: {} as FileStore, baseUrl: 'http://localhost', secret: Buffer.alloc(32, 7) })
after(() => app.close())

const nation = await signedIn(db, { role: 'auditor', regionCode: '00', name: 'Pemeriksa Pusat' })
const city = await signedIn(db, { role: 'auditor', regionCode: '32.75', name: 'Pemeriksa Kota' })
const officer = await signedIn(db, { role: 'officer', regionCode: '32.75.05.1003', name: 'Petugas Margahayu' })

for (let n = 0; n < 30; n++)
  await db.as(officer.actor, (tx) =>
    recordAct(tx, {
      act: 'look',
      subject: 'complaint',
      subjectId: `case-${n}`,
      regionCode: n % 3 === 0 ? '33.13' : '32.75.05.1003',
      detail: { fields: ['nik'] },
      reason: n === 1 ? '=HYPERLINK("http://contoh.invalid")' : 'Mencocokkan data pelapor',
    }),
  )

const ask = async <T>(who: { cookie: string }, url: string) => {
  const response = await app.inject({ url: `/api/audit${url}`, headers: { cookie: who.cookie } })
  assert.equal(response.statusCode, 200, response.body)
  return response.json() as T
}
const post = (who: { cookie: string }, payload: object) =>
  app.inject({ method: 'POST', url: '/api/audit/verify', headers: { cookie: who.cookie }, payload })

test('an auditor sees what happened in the own region and nothing else, with the names of who did it', async () => {
  const all = await ask<AuditPage>(nation, '?subject=complaint&limit=100')
  const own = await ask<AuditPage>(city, '?limit=200')
  assert.equal(all.items.length, 30)
  assert.ok(own.items.length >= 20)
  assert.ok(own.items.every((entry) => entry.regionCode?.startsWith('32.75')))
  const [entry] = await sql<{ n: number }>(
    `select count(*) as n from audit_entry where subject = 'complaint' and region_code = '33.13'`,
  )
  assert.equal(entry?.n, 10, 'there is something the city does not see')
  const look = own.items.find((one) => one.subjectId === 'case-2')
  assert.deepEqual(look?.actor, { id: officer.accountId, name: 'Petugas Margahayu', username: look?.actor?.username })
  assert.equal(look.officeId, '32.75.05.1003/social')
  assert.equal(look.role, 'officer')
  assert.deepEqual(look.detail, { fields: ['nik'] })
})

test('pages follow each other without a repetition or a gap, newest first', async () => {
  const seen: number[] = []
  let next: number | null = null
  do {
    const page: AuditPage = await ask(nation, `?limit=7${next ? `&after=${next}` : ''}`)
    seen.push(...page.items.map((entry) => entry.id))
    next = page.next
  } while (next)
  const ids = await sql<{ id: number }>('select id from audit_entry order by id desc')
  assert.deepEqual(
    seen,
    ids.map((row) => row.id),
  )
})

test('every filter narrows to what it says', async () => {
  const username = (
    await sql<{ username: string }>(`select username from account where id = '${officer.accountId}'`)
  )[0]?.username
  const count = async (filter: string) => (await ask<AuditPage>(nation, `?limit=200&${filter}`)).items.length
  assert.equal(await count('subject=complaint&subjectId=case-4'), 1)
  assert.equal(await count(`actor=${officer.accountId}`), 30)
  assert.equal(await count(`actor=${username}`), 30)
  assert.equal(await count('actor=tidak.ada'), 0)
  assert.equal(await count('act=look'), 30)
  assert.equal(await count('act=look&region=33'), 10)
  assert.equal(await count('act=look&region=32.75'), 20)
  assert.equal(await count('region=32.7'.replace('32.7', '32')), await count('region=32.75'))
  const today = new Date(Date.now() + 7 * 3_600_000).toISOString().slice(0, 10)
  const tomorrow = new Date(Date.now() + 31 * 3_600_000).toISOString().slice(0, 10)
  assert.equal(await count(`act=look&from=${today}&to=${today}`), 30)
  assert.equal(await count(`act=look&from=${tomorrow}`), 0)
  assert.equal((await ask<AuditPage>(city, '?act=look&region=33')).items.length, 0)
})

test('the chain is shown, verified slice by slice, and the last outcome is remembered with who asked', async () => {
  await sealAudit(db)
  const before = await ask<Chain>(city, '/chain')
  assert.ok(before.head && before.sealed > 30)
  assert.equal(before.last, null)
  let verification = (await post(city, {})).json() as Verification
  for (let calls = 0; verification.outcome === 'running' && calls < 10; calls++)
    verification = (await post(city, { id: verification.id })).json() as Verification
  assert.equal(verification.outcome, 'intact')
  assert.equal(verification.done, verification.total)
  assert.deepEqual(verification.head, before.head)
  const after_ = await ask<Chain>(nation, '/chain')
  assert.equal(after_.last?.id, verification.id)
  const [kept] = await sql(`select actor_id, actor_role from audit_verification where id = '${verification.id}'`)
  assert.deepEqual(kept, { actor_id: city.accountId, actor_role: 'auditor' })

  const finish = async (payload: object) => {
    let result = (await post(city, payload)).json() as Verification
    while (result.outcome === 'running') result = (await post(city, { id: result.id })).json() as Verification
    return result
  }
  assert.equal((await finish({ head: writeHead(before.head) })).outcome, 'intact')
  assert.equal((await finish({ head: `3:${'0'.repeat(64)}` })).broken?.problem, 'head')
})

test('the export holds all of it, is safe to open in a spreadsheet, and is itself recorded', async () => {
  const response = await app.inject({
    url: '/api/audit/export.csv?subject=complaint',
    headers: { cookie: city.cookie },
  })
  assert.equal(response.statusCode, 200)
  assert.equal(response.headers['content-type'], 'text/csv; charset=utf-8')
  assert.match(String(response.headers['content-disposition']), /^attachment; filename="audit-\d{4}-\d{2}-\d{2}\.csv"$/)
  const lines = response.body.trimEnd().split('\r\n')
  assert.equal(lines.length, 21)
  assert.ok(response.body.includes(`"'=HYPERLINK(""http://contoh.invalid"")"`))
  assert.ok(!/(^|,)"?[=+@]/m.test(response.body))
  const [written] = await sql(
    `select act, actor_id, detail from audit_entry where act = 'export' order by id desc limit 1`,
  )
  assert.deepEqual(written, { act: 'export', actor_id: city.accountId, detail: { subject: 'complaint' } })
})

test('nobody but an auditor, and nonsense is told its field', async () => {
  for (const url of ['', '/chain', '/export.csv']) {
    assert.equal((await app.inject(`/api/audit${url}`)).statusCode, 401)
    assert.equal((await app.inject({ url: `/api/audit${url}`, headers: { cookie: officer.cookie } })).statusCode, 403)
  }
  assert.equal((await post(officer, {})).statusCode, 403)
  const refused: [string, string][] = [
    ['?from=2026-02-30', 'from'],
    ['?limit=0', 'limit'],
    ['?after=abc', 'after'],
    ['?region=xx', 'region'],
    ['?subject=a;b', 'subject'],
    ['?nonsense=1', 'nonsense'],
    ['?actor=%00xx', 'actor'],
  ]
  for (const [query, field] of refused) {
    const response = await app.inject({ url: `/api/audit${query}`, headers: { cookie: nation.cookie } })
    assert.equal(response.statusCode, 400, query)
    assert.equal(response.json<{ errors: { field: string }[] }>().errors[0]?.field, field, query)
  }
  assert.equal((await post(nation, { id: '01920000-0000-7000-8000-000000000000' })).statusCode, 404)
  assert.equal((await post(nation, { head: 'x' })).statusCode, 400)
})
