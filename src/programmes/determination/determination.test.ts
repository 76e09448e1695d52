import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql as raw } from 'kysely'
import { v7 as uuid } from 'uuid'
import { openFamily, questionnairesOn, recordChanges, type Change } from '#src/people/register/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { getVersion } from '../catalogue/versions.ts'
import { type FamilyFacts, readRule, type RuleDefinition } from '../rules/index.ts'
import { runDetermination } from './run.ts'
import { onDetermined } from './decide.ts'
import type {
  Checks,
  Comparison,
  ComparisonPage,
  Determination,
  DeterminationList,
  Entitlement,
  RegionCounts,
  ResultDetail,
  ResultRow,
  Results,
  WhatIfAnswer,
} from './schema.ts'

let now = new Date('2026-11-20T03:00:00Z')
const { db, sql, appUrl } = await testDatabase({ clock: () => now, max: 8 })
const app = await testApp(db)
const MARGAHAYU = '32.75.01.1002'
const OTHER = '32.75.01.1003'

const maker = await signedIn(db, { role: 'officer', regionCode: '00', name: 'Maria' })
const first = await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Darmawan' })
const second = await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Kartika' })
const city = await signedIn(db, { role: 'supervisor', regionCode: '32.75', name: 'Ratna' })
const desk = await signedIn(db, { role: 'officer', regionCode: MARGAHAYU, name: 'Sari' })
const elsewhere = await signedIn(db, { role: 'supervisor', regionCode: '33.13', name: 'Agus' })

type Refused = { code: string; errors?: { field: string; code: string }[] }
async function call<T>(who: SignedIn, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
  const answer = await app.inject({
    method,
    url: `/api${url}`,
    headers: { cookie: who.cookie },
    ...(payload && { payload }),
  })
  const json = answer.headers['content-type']?.includes('json')
  return {
    status: answer.statusCode,
    body: (json ? answer.json() : undefined) as T,
    text: answer.body,
    raw: answer.rawPayload,
  }
}
async function ask(given: object, who = maker) {
  const answer = await call<Determination & Refused>(who, 'POST', '/determinations', {
    programmeCode: 'SEMBAKO',
    period: '2026-12',
    regionCode: '32.75',
    ...given,
  })
  assert.equal(answer.status, 201, answer.text)
  return answer.body.id
}
async function made(given: object = {}, who = maker) {
  const id = await ask(given, who)
  await runDetermination(db, id)
  const list = (await call<Determination>(who, 'GET', `/determinations/${id}`)).body
  assert.equal(list.state, 'made', JSON.stringify(list))
  return list
}
const families = async (id: string, query = '', who = maker) =>
  (await call<Results>(who, 'GET', `/determinations/${id}/families${query}`)).body
async function approved(id: string) {
  assert.equal((await call(maker, 'POST', `/determinations/${id}/submit`)).status, 200)
  assert.equal((await call(first, 'POST', `/determinations/${id}/approve`, {})).status, 200)
  const last = await call<Determination>(second, 'POST', `/determinations/${id}/approve`, { note: 'Sesuai' })
  assert.equal(last.status, 200, last.text)
  return last.body
}
const change = (changes: Omit<Change, 'id' | 'effectiveOn' | 'source' | 'check'>[]) =>
  db.asSystem('test', (tx) =>
    recordChanges(
      tx,
      { role: 'system' },
      changes.map((one) => ({ id: uuid(), effectiveOn: '2026-11-10', source: 'import', check: 'none', ...one })),
    ),
  )

// Deciles 1 to 6 in Margahayu twice, three in another village, one far away.
const here = await registerFamilies(db, 12, MARGAHAYU, (at) => ({ decile: (at % 6) + 1 }))
await registerFamilies(db, 3, OTHER, () => ({ decile: 2 }))
const far = await registerFamilies(db, 1, '33.13.09.1003', () => ({ decile: 1 }))
const [unknown] = await registerFamilies(db, 1, MARGAHAYU)
assert.ok(unknown && far[0])
await change([
  { kind: 'corrected', parts: [{ subject: 'family', subjectId: unknown.family, patch: { decile: null } }] },
])

test('a list: everybody of the region considered, with reasons in words; masked, filtered, counted, searched', async () => {
  const list = await made()
  assert.deepEqual(
    { considered: list.considered, in: list.in, waiting: list.waiting, amount: list.amount, version: list.version },
    { considered: 16, in: 11, waiting: 1, amount: 2_200_000, version: 2 },
  )
  assert.match(list.number, /^PEN-\d{6}$/)
  assert.equal(list.madeBy, 'Maria')
  assert.equal(list.verified, false)
  assert.deepEqual(
    list.totals?.conditions.map((one) => [one.code, one.failed, one.missing]),
    [['decile', 4, 1]],
  )
  const out = await families(list.id, '?outcome=out&condition=decile')
  assert.equal(out.items.length, 4)
  assert.deepEqual(out.items[0]?.sentences, ['Tidak memenuhi syarat: Desil 1 sampai 4'])
  assert.match(out.items[0]?.headName ?? '', /^S\*+ W\*+/)
  const waiting = await families(list.id, '?reason=data_missing')
  assert.equal(waiting.items[0]?.familyId, unknown.family)
  assert.match(waiting.items[0]?.sentences[0] ?? '', /Desil 1 sampai 4/)
  const all: ResultRow[] = []
  for (const sort of ['place', 'amount', 'rank']) {
    all.length = 0
    for (let after: string | null = ''; after !== null;) {
      const page: Results = await families(
        list.id,
        `?sort=${sort}&limit=5${after && `&after=${encodeURIComponent(after)}`}`,
      )
      all.push(...page.items)
      after = page.next
    }
    assert.equal(new Set(all.map((one) => one.familyId)).size, 16, sort)
  }
  const one = all.find((row) => row.familyId === here[0]?.family)
  assert.match(one?.headName ?? '', /^Sukarsih Wulandari \d+$/)
  assert.match(one?.nik ?? '', /^990101\*{6}9\d{3}$/)
  assert.equal(
    (await families(list.id, `?name=${encodeURIComponent(one?.headName?.toLowerCase() ?? '')}`)).items[0]?.familyId,
    one?.familyId,
  )
  assert.equal((await families(list.id, `?region=${OTHER}`)).items.length, 3)
  const regions = (await call<RegionCounts>(maker, 'GET', `/determinations/${list.id}/regions?region=32.75.01`)).body
  assert.deepEqual(
    regions.children.map((child) => [child.region.code, child.considered, child.in, child.amount]),
    [
      [MARGAHAYU, 13, 8, 1_600_000],
      [OTHER, 3, 3, 600_000],
    ],
  )
  const csv = await call(maker, 'GET', `/determinations/${list.id}/families/export?format=csv`)
  assert.equal(csv.text.trim().split('\r\n').length, 17)
  assert.doesNotMatch(csv.text, /\d{16}/)
  assert.equal(
    (await call(maker, 'GET', `/determinations/${list.id}/families/export?format=xlsx`)).raw.subarray(0, 2).toString(),
    'PK',
  )
  // Who sees it: the offices above and of the region; not others, and no family without an opening.
  assert.equal((await families(list.id, '', city)).items.length, 16)
  assert.equal((await call(elsewhere, 'GET', `/determinations/${list.id}`)).status, 404)
  assert.equal((await call(desk, 'GET', `/determinations/${list.id}`)).status, 404)
  const closed = await call<Refused>(maker, 'GET', `/determinations/${list.id}/families/${here[0]?.family}`)
  assert.equal(closed.body.code, 'open_first')
  await db.as({ ...maker.actor, at: now }, (tx) =>
    openFamily(
      tx,
      { ...maker.actor, at: now },
      { familyId: here[0]?.family ?? '', reason: 'Memeriksa daftar', work: 'other' },
    ),
  )
  const opened = await call<ResultDetail>(maker, 'GET', `/determinations/${list.id}/families/${here[0]?.family}`)
  assert.equal(opened.status, 200, opened.text)
  assert.deepEqual(opened.body.components, [{ component: 'food', personId: null, amount: 200_000 }])
  assert.equal((opened.body.facts as FamilyFacts).family.decile, 1)
})

test('what is asked for wrongly is refused by its field, and only who may makes a list', async () => {
  const refused = async (given: object, who = maker) => {
    const body = { programmeCode: 'SEMBAKO', period: '2026-12', regionCode: '32.75', ...given }
    const answer = await call<Refused>(who, 'POST', '/determinations', body)
    return [answer.status, answer.body.errors?.[0]?.field ?? answer.body.code, answer.body.errors?.[0]?.code].filter(
      Boolean,
    )
  }
  assert.deepEqual(await refused({ period: '2026-T4' }), [400, 'period', 'determination_period_month'])
  assert.deepEqual(await refused({ period: '2026-13' }), [400, 'period', 'pattern'])
  assert.deepEqual(await refused({ asOf: '2026-11-21' }), [400, 'asOf', 'future_day'])
  assert.deepEqual(await refused({ programmeCode: 'BST' }), [400, 'programmeCode', 'determination_not_in_force'])
  assert.deepEqual(await refused({ version: 1 }), [400, 'version', 'determination_not_in_force'])
  assert.deepEqual(await refused({ programmeCode: 'UEP', period: '2026', regionCode: '00' }), [
    400,
    'regionCode',
    'determination_too_wide',
  ])
  assert.deepEqual(await refused({ regionCode: '33.13' }, city), [404, 'not_found'])
  assert.deepEqual(await refused({ regionCode: MARGAHAYU }, desk), [403, 'forbidden'])
  assert.equal(
    (await call(city, 'POST', '/determinations', { programmeCode: 'SEMBAKO', period: '2026-12', regionCode: OTHER }))
      .status,
    201,
  )
})

test('the facts that stay with a list give the same answer as the run, of today and of a day that is over', async () => {
  const kinder = await registerFamilies(db, 6, MARGAHAYU, (at) => ({
    decile: 3,
    ...(at % 2 === 0 ? { sealed: [16] } : { ppks: [8] }),
  }))
  const sealed = kinder.map((one, at) => ({
    kind: 'surveyed',
    parts: [
      {
        subject: 'person' as const,
        subjectId: one.head,
        patch: { birthDate: at < 3 ? '1950-02-28' : '1990-12-31', sex: 'female' as const },
        sealed: at % 2 === 0 ? { disabilities: ['visual' as const], pregnant: at === 0 } : {},
      },
      {
        subject: 'person' as const,
        subjectId: one.child,
        patch: { schooling: 'attending' as const, schoolLevel: 'primary' as const },
      },
    ],
  })) as Omit<Change, 'id' | 'effectiveOn' | 'source' | 'check'>[]
  await change(sealed)
  // What was recorded in the very moment a list is made counts as known a moment later.
  now = new Date(now.getTime() + 1000)
  for (const asOf of ['2026-11-20', '2026-11-12', '2026-10-05']) {
    const list = await made({
      programmeCode: 'PKH',
      period: '2026-T4',
      asOf,
      ...(asOf === '2026-11-12' ? { quota: 4 } : {}),
    })
    const { rule: definition } = await db.asSystem('test', (tx) => getVersion(tx, 'PKH', 3))
    const rule = readRule(definition, await db.asSystem('test', (tx) => questionnairesOn(tx, asOf)))
    const rows = await sql<{
      facts: FamilyFacts
      outcome: string
      reason: string
      amount: string
      failed: number
      missing: number
      persons: number
    }>(
      `select f.facts, r.outcome, r.reason, r.amount, r.failed, r.missing, r.persons from determination_fact f
       join determination_result r using (determination_id, family_id) where determination_id = $1`,
      [list.id],
    )
    assert.ok(rows.length > 5, `${rows.length} on ${asOf}`)
    for (const row of rows) {
      const answer = rule.evaluate(row.facts, asOf)
      const eligible = row.reason === 'eligible' || row.reason === 'quota'
      assert.deepEqual(
        [answer.outcome, answer.amount, answer.failed, answer.missing, answer.persons],
        [eligible ? 'in' : row.outcome, Number(row.amount), row.failed, row.missing, row.persons],
        JSON.stringify(row.facts),
      )
    }
    if (asOf === '2026-11-12') assert.equal(list.in, 4)
    // Before the tenth of November nobody knew of disabilities and school.
    const disabled = rows.filter((row) => row.facts.members.some((one) => one.disabilities.length > 0)).length
    assert.equal(disabled > 0, asOf !== '2026-10-05', asOf)
  }
})

test('a quota is filled by rank; who is held out makes room for the first who waits, and back again', async () => {
  const list = await made({ quota: 5, period: '2027-01' })
  assert.deepEqual([list.in, list.waiting], [5, 13])
  const standing = async () =>
    (
      await sql<{ family_id: string; rank: number }>(
        `select family_id, rank from determination_result where determination_id = $1 and outcome = 'in' order by rank`,
        [list.id],
      )
    ).map((row) => row.rank)
  assert.deepEqual(await standing(), [1, 2, 3, 4, 5])
  const deciles = await sql<{ decile: number }>(
    `select f.decile from determination_result r join family f on f.id = r.family_id where r.determination_id = $1 and rank is not null order by rank`,
    [list.id],
  )
  assert.deepEqual(
    deciles,
    deciles.toSorted((a, b) => a.decile - b.decile),
  )
  const [top] = (await families(list.id, '?sort=rank')).items
  assert.ok(top)
  const path = `/determinations/${list.id}/families/${top.familyId}/hold`
  const held = await call<ResultRow>(city, 'PUT', path, { decision: 'hold', reason: 'Kepala keluarga diduga ASN' })
  assert.equal(held.status, 200, held.text)
  assert.deepEqual([held.body.outcome, held.body.reason, held.body.hold?.by], ['waiting', 'held', 'Ratna'])
  assert.deepEqual(await standing(), [2, 3, 4, 5, 6])
  assert.equal((await call<Determination>(maker, 'GET', `/determinations/${list.id}`)).body.in, 5)
  assert.equal((await call(maker, 'PUT', path, { decision: 'keep', reason: 'Sudah diperiksa, bukan ASN' })).status, 200)
  assert.deepEqual(await standing(), [1, 2, 3, 4, 5])
  await call(maker, 'PUT', path, { decision: 'hold', reason: 'Ternyata benar' })
  assert.equal((await call<ResultRow>(maker, 'DELETE', path)).body.outcome, 'in')
  assert.deepEqual(await standing(), [1, 2, 3, 4, 5])
  const seventh = (await families(list.id, '?reason=quota')).items[0]
  const off = await call<Refused>(maker, 'PUT', `/determinations/${list.id}/families/${seventh?.familyId}/hold`, {
    decision: 'hold',
    reason: 'Tidak ada di sini',
  })
  assert.equal(off.body.code, 'determination_not_on_list')
})

test('a run that is killed in the middle leaves nothing and is done again', async () => {
  const id = await ask({ period: '2027-02' })
  // The run stands still where it freezes the facts, after every family was decided.
  const { Client } = (await import('pg')).default
  const holder = new Client({ connectionString: await ownerUrl() })
  await holder.connect()
  await holder.query('begin; lock table determination_fact in share mode')
  const child = fork('test/support/determination-process.ts', [appUrl, id, now.toISOString()], { execArgv: [] })
  const waiting = `select 1 from pg_locks where not granted and relation = 'determination_fact'::regclass`
  for (let tries = 0; (await sql(waiting)).length === 0; tries++) {
    assert.ok(tries < 600, 'the run never came so far')
    await sleep(50)
  }
  const progress = (await call<Determination>(maker, 'GET', `/determinations/${id}`)).body
  assert.deepEqual([progress.state, progress.considered > 0], ['running', true], 'how far it is shows meanwhile')
  child.kill('SIGKILL')
  await once(child, 'close')
  await holder.query('rollback')
  await holder.end()
  const left = `select (select count(*)::int from determination_result where determination_id = $1) r, (select count(*)::int from determination_fact where determination_id = $1) f`
  for (
    let tries = 0;
    (
      await sql(
        `select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      )
    ).length > 0;
    tries++
  ) {
    assert.ok(tries < 600, 'the server never noticed')
    await sleep(50)
  }
  assert.deepEqual(await sql(left, [id]), [{ r: 0, f: 0 }])
  await runDetermination(db, id)
  assert.equal((await call<Determination>(maker, 'GET', `/determinations/${id}`)).body.state, 'made')
  const [after] = await sql<{ r: number }>(left, [id])
  assert.ok((after?.r ?? 0) > 15)
})
async function ownerUrl() {
  return (await import('#test/support/postgres.ts')).testServerUrl('pilar_owner', new URL(appUrl).pathname.slice(1))
}

test('two runs at once do not mix, and one run is not done twice at once', async () => {
  const [a, b] = await Promise.all([ask({ period: '2027-03' }), ask({ programmeCode: 'PBI_JK', period: '2027-03' })])
  await Promise.allSettled([runDetermination(db, a), runDetermination(db, b), runDetermination(db, a)])
  for (const id of [a, b]) await runDetermination(db, id)
  const rows = await sql<{ id: string; n: number; amounts: string[] }>(
    `select determination_id id, count(*)::int n, array_agg(distinct amount::text order by amount::text) filter (where outcome = 'in') amounts
     from determination_result where determination_id = any ($1) group by 1`,
    [[a, b]],
  )
  const of = (id: string) => rows.find((row) => row.id === id)
  assert.equal(of(a)?.n, of(b)?.n)
  assert.deepEqual(of(a)?.amounts, ['200000'])
  assert.deepEqual(of(b)?.amounts, ['84000'])
  assert.deepEqual(await sql(`select state from determination where id = any ($1)`, [[a, b]]), [
    { state: 'made' },
    { state: 'made' },
  ])
  const cancelled = await ask({ period: '2027-03' })
  assert.equal(
    (await call<Determination>(maker, 'POST', `/determinations/${cancelled}/cancel`)).body.state,
    'cancelled',
  )
  await runDetermination(db, cancelled)
  assert.equal((await sql(`select 1 from determination_result where determination_id = $1`, [cancelled])).length, 0)
})

test('suspicions: dead, moved, double, above the decile, civil servant; and of the lowest decile who is not in', async () => {
  const [dead, moved, double, rich, servant, poor] = await registerFamilies(db, 6, OTHER, () => ({ decile: 1 }))
  assert.ok(dead && moved && double && rich && servant && poor)
  await change([
    {
      kind: 'work_started',
      parts: [{ subject: 'person', subjectId: servant.head, patch: { work: 'Guru PNS di SD' } }],
    },
  ])
  const list = await made({ period: '2027-04' })
  await change([
    {
      kind: 'died',
      parts: [{ subject: 'person', subjectId: dead.child, patch: { status: 'dead', diedOn: '2026-11-10' } }],
    },
    { kind: 'decile_set', parts: [{ subject: 'family', subjectId: rich.family, patch: { decile: 8 } }] },
    { kind: 'moved_within', parts: [{ subject: 'family', subjectId: moved.family, patch: { regionCode: MARGAHAYU } }] },
  ])
  const [left = '', right = ''] = [double.head, here[0]?.head ?? ''].toSorted()
  await sql(
    `insert into link_pair (left_id, right_id, left_region, right_region, region_code, probability, weight, evidence, state)
     values ($1, $2, $3, $3, $3, 0.9, 3, '{}', 'possible')`,
    [left, right, OTHER],
  )
  const before = (await call<Checks>(city, 'GET', `/determinations/${list.id}/checks`)).body
  assert.deepEqual(
    before.inclusion.filter((one) => one.count > 0).map((one) => one.kind),
    ['civil_servant'],
  )
  const checks = (await call<Checks>(city, 'POST', `/determinations/${list.id}/checks`)).body
  assert.deepEqual(Object.fromEntries(checks.inclusion.map((one) => [one.kind, one.count])), {
    dead: 1,
    moved: 1,
    duplicate: 2,
    decile: 1,
    civil_servant: 1,
  })
  const suspects = (
    await call<Results>(city, 'GET', `/determinations/${list.id}/checks/families?side=inclusion&kind=civil_servant`)
  ).body
  assert.deepEqual(
    suspects.items.map((one) => [one.familyId, one.suspicions]),
    [[servant.family, ['civil_servant']]],
  )
  await call(city, 'PUT', `/determinations/${list.id}/families/${servant.family}/hold`, {
    decision: 'hold',
    reason: 'Guru PNS menurut sekolah',
  })
  const open = (await call<Results>(city, 'GET', `/determinations/${list.id}/checks/families?side=inclusion&open=true`))
    .body
  assert.equal(open.items.length, 5)
  const excluded = (await call<Results>(city, 'GET', `/determinations/${list.id}/checks/families?side=exclusion`)).body
  assert.deepEqual(
    excluded.items.map((one) => one.familyId),
    [],
    'nobody was of the lowest decile and out when it was looked at',
  )
  const again = (await call<Checks>(city, 'POST', `/determinations/${list.id}/checks`)).body
  assert.deepEqual([again.exclusionTotal, again.exclusion[0]?.reason, again.held], [1, 'held', 1])
})

test('approval by two who did not make it: number, entitlements, what the family is told; and it never changes again', async () => {
  const heard: string[] = []
  const stop = onDetermined(async (_tx, news) => void heard.push(`${news.programmeCode} ${news.decreeNumber}`))
  const list = await made({ period: '2027-05', regionCode: MARGAHAYU })
  assert.deepEqual(list.can.toSorted(), ['cancel', 'check', 'hold', 'submit'])
  const early = await call<Refused>(first, 'POST', `/determinations/${list.id}/approve`, {})
  assert.equal(early.body.code, 'determination_not_in_this_state')
  await call(maker, 'POST', `/determinations/${list.id}/submit`)
  for (const who of [city, elsewhere, desk, maker])
    assert.notEqual((await call(who, 'POST', `/determinations/${list.id}/approve`, {})).status, 200)
  assert.deepEqual((await call<Determination>(first, 'GET', `/determinations/${list.id}`)).body.can, [
    'approve',
    'reject',
  ])
  const one = (await call<Determination>(first, 'POST', `/determinations/${list.id}/approve`, {})).body
  assert.deepEqual([one.state, one.approvals.map((by) => by.name), one.can], ['submitted', ['Darmawan'], []])
  assert.equal((await call(first, 'POST', `/determinations/${list.id}/approve`, {})).status, 403, 'once each')
  const two = (await call<Determination>(second, 'POST', `/determinations/${list.id}/approve`, {})).body
  assert.deepEqual([two.state, two.decreeNumber, two.annex], ['approved', '0001/SEMBAKO/2026', true])
  assert.deepEqual(heard, ['SEMBAKO 0001/SEMBAKO/2026'])
  stop()
  const rows = await sql<{ n: number; amount: string; told: number }>(
    `select count(*)::int n, sum(amount) amount, (select count(*)::int from assistance where source_ref = $2) told from entitlement where determination_id = $1`,
    [list.id, list.number],
  )
  assert.deepEqual(rows, [{ n: two.in, amount: String(two.amount), told: two.in }])
  const refusedFor = async (text: string) => {
    for (const role of ['owner', 'system'] as const) {
      const run = role === 'owner' ? sql(text) : db.asSystem('test', (tx) => raw.raw(text).execute(tx))
      await assert.rejects(run, { code: '42501' }, `${role}: ${text}`)
    }
  }
  const id = `'${list.id}'`
  await refusedFor(`update determination set quota = 5 where id = ${id}`)
  await refusedFor(`delete from determination where id = ${id}`)
  await refusedFor(`update determination_result set amount = 1 where determination_id = ${id}`)
  await refusedFor(`delete from determination_result where determination_id = ${id}`)
  await refusedFor(
    `insert into determination_result (determination_id, family_id, region_code, outcome, reason) values (${id}, gen_random_uuid(), '${MARGAHAYU}', 'in', 'eligible')`,
  )
  await refusedFor(
    `insert into determination_fact (determination_id, family_id, region_code, shown, facts) values (${id}, gen_random_uuid(), '${MARGAHAYU}', '{}', '{}')`,
  )
  await refusedFor(`update determination_fact set shown = '{}' where determination_id = ${id}`)
  await refusedFor(
    `insert into determination_hold (determination_id, family_id, region_code, decision, reason, decided_by) values (${id}, gen_random_uuid(), '${MARGAHAYU}', 'hold', 'alasan', gen_random_uuid())`,
  )
  await refusedFor(`update determination_approval set decision = 'reject' where determination_id = ${id}`)
  await refusedFor(`update entitlement set amount = 1 where determination_id = ${id}`)
  await sql(`update entitlement set state = 'delivered' where determination_id = $1`, [list.id])

  const pdf = await call(city, 'GET', `/determinations/${list.id}/annex.pdf`)
  assert.equal(pdf.raw.subarray(0, 5).toString(), '%PDF-')
  assert.ok(
    (await call(second, 'GET', `/determinations/${list.id}/annex.pdf`)).raw.equals(pdf.raw),
    'the same file every time',
  )
  assert.equal((await call(city, 'GET', `/determinations/${list.id}/annex.xlsx`)).raw.subarray(0, 2).toString(), 'PK')
  // The village sees the list that was approved for the region around it, and only its own rows.
  assert.equal((await call<DeterminationList>(desk, 'GET', '/determinations?state=approved')).body.items.length, 1)

  const family = here[0]?.family ?? ''
  await db.as({ ...city.actor, at: now }, (tx) =>
    openFamily(tx, { ...city.actor, at: now }, { familyId: family, reason: 'Warga bertanya', work: 'other' }),
  )
  const entitled = (await call<Entitlement[]>(city, 'GET', `/register/families/${family}/entitlements`)).body
  assert.deepEqual(
    entitled.map((each) => [each.programmeCode, each.period, each.amount, each.state]),
    [['SEMBAKO', '2027-05', 200_000, 'delivered']],
  )

  // Whoever has it from one list is on no other of the same time; a list made before is refused at its approval.
  const wider = await made({ period: '2027-05', regionCode: '32.75.01' })
  assert.equal(wider.totals?.reasons.find((reason) => reason.reason === 'entitled')?.count, two.in)
  const twin = [await made({ period: '2027-06' }), await made({ period: '2027-06', regionCode: OTHER })] as const
  await approved(twin[1].id)
  await call(maker, 'POST', `/determinations/${twin[0].id}/submit`)
  await call(first, 'POST', `/determinations/${twin[0].id}/approve`, {})
  const late = await call<Refused>(second, 'POST', `/determinations/${twin[0].id}/approve`, {})
  assert.equal(late.body.code, 'determination_entitled_since')
  assert.equal(
    (await call<Determination>(second, 'POST', `/determinations/${twin[0].id}/reject`, { note: 'Dibuat ulang' })).body
      .state,
    'rejected',
  )
})

test('beside the former list: who entered, who left and why, who receives another amount', async () => {
  const [stays, dies, rises, comes] = await registerFamilies(db, 4, '32.75.04.1004', (at) => ({
    decile: at === 3 ? 9 : 1,
  }))
  assert.ok(stays && dies && rises && comes)
  const region = { regionCode: '32.75.04', programmeCode: 'PBI_JK' }
  await approved((await made({ ...region, period: '2027-07' })).id)
  await change([
    {
      kind: 'died',
      parts: [{ subject: 'person', subjectId: stays.child, patch: { status: 'dead', diedOn: '2026-11-10' } }],
    },
    {
      kind: 'graduated_natural',
      parts: [{ subject: 'family', subjectId: dies.family, patch: { status: 'graduated' } }],
    },
    { kind: 'decile_set', parts: [{ subject: 'family', subjectId: rises.family, patch: { decile: 9 } }] },
    { kind: 'decile_set', parts: [{ subject: 'family', subjectId: comes.family, patch: { decile: 2 } }] },
  ])
  const list = await made({ ...region, period: '2027-08' })
  const compared = (await call<Comparison>(city, 'GET', `/determinations/${list.id}/comparison`)).body
  assert.deepEqual(
    [compared.stayed, compared.entered, compared.left, compared.changed, compared.amountBefore, compared.amountNow],
    [1, 1, 2, 1, 252_000, 126_000],
  )
  assert.deepEqual(
    compared.leftBy.toSorted((a, b) => (a.why < b.why ? -1 : 1)),
    [
      { why: 'condition', count: 1 },
      { why: 'graduated', count: 1 },
    ],
  )
  assert.equal(compared.leftByCondition[0]?.code, 'decile')
  const gone = (await call<ComparisonPage>(city, 'GET', `/determinations/${list.id}/comparison/families?change=left`))
    .body
  assert.deepEqual(gone.items.flatMap((one) => one.sentences).toSorted(), [
    'Sudah lulus (graduasi)',
    'Tidak memenuhi syarat: Desil 1 sampai 5',
  ])
  const other = (
    await call<ComparisonPage>(city, 'GET', `/determinations/${list.id}/comparison/families?change=changed`)
  ).body
  assert.deepEqual(
    other.items.map((one) => [one.familyId, one.amountBefore, one.amountNow]),
    [[stays.family, 84_000, 42_000]],
  )
  const fresh = (
    await call<ComparisonPage>(city, 'GET', `/determinations/${list.id}/comparison/families?change=entered`)
  ).body
  assert.deepEqual(
    fresh.items.map((one) => one.familyId),
    [comes.family],
  )
})

test('what if: another limit, rule or quota shows who would enter and leave, and nothing of it stays', async () => {
  const list = await made({ period: '2027-09', regionCode: '32.75.01' })
  const traces = async () =>
    sql(
      `select (select count(*) from determination) d, (select count(*) from determination_result) r, (select count(*) from determination_fact) f`,
    )
  const before = await traces()
  const ask = async (given: object, who = maker) => {
    const answer = await call<WhatIfAnswer & Refused>(who, 'POST', '/determinations/what-if', {
      determinationId: list.id,
      reason: 'Menimbang anggaran',
      ...given,
    })
    assert.equal(answer.status, 200, answer.text)
    return answer.body
  }
  const wider = await ask({ decileLimit: 6 })
  assert.deepEqual([wider.before.in, wider.left, wider.after.in - wider.before.in], [list.in, 0, wider.entered])
  assert.ok(wider.entered >= 4)
  assert.match(wider.samples.entered[0]?.headName ?? '', /\*/)
  const narrower = await ask({ decileLimit: 1 })
  assert.equal(narrower.entered, 0)
  assert.equal(narrower.after.in, list.in - narrower.left)
  assert.deepEqual((await ask({ quota: 3 })).after.in, 3)
  const rule = list.rule as RuleDefinition
  const health = await ask({
    rule: {
      ...rule,
      conditions: [
        ...rule.conditions,
        { code: 'eyes', name: 'Netra', nameEn: 'Blind', cel: "members.exists(m, 'visual' in m.disabilities)" },
      ],
    },
  })
  assert.deepEqual([health.samplesHidden, health.samples], [true, { entered: [], left: [] }])
  const fresh = (
    await call<WhatIfAnswer>(city, 'POST', '/determinations/what-if', {
      programmeCode: 'PBI_JK',
      regionCode: '32.75',
      decileLimit: 3,
      reason: 'Menimbang anggaran',
    })
  ).body
  assert.ok(fresh.left > 0 && fresh.children.length > 0)
  assert.deepEqual(await traces(), before)
  const said = await sql<{ reason: string }>(
    `select reason from audit_entry where act = 'what_if' order by id desc limit 1`,
  )
  assert.equal(said[0]?.reason, 'Menimbang anggaran')
  const bad = await call<Refused>(maker, 'POST', '/determinations/what-if', {
    determinationId: list.id,
    reason: 'Mencoba saja',
    rule: {
      conditions: [{ code: 'x', name: 'x', nameEn: 'x', cel: 'family.nonsense > 1' }],
      components: [],
      limits: {},
      ranking: [],
    },
  })
  assert.equal(bad.body.code, 'rule_faulty')
  assert.equal(
    (await call(elsewhere, 'POST', '/determinations/what-if', { determinationId: list.id, reason: 'Ingin tahu' }))
      .status,
    404,
  )
  // A question that takes longer than its term is told so. Nothing else waits for this lock.
  await sql(
    `insert into determination_term (key, valid_from, amount, unit, source) values ('what_if', '2026-11-01', 1, 'seconds', 'uji')`,
  )
  const { Client } = (await import('pg')).default
  const holder = new Client({ connectionString: await ownerUrl() })
  await holder.connect()
  await holder.query('begin; lock table person_sealed in access exclusive mode')
  const late = await call<Refused>(maker, 'POST', '/determinations/what-if', {
    programmeCode: 'JSOD',
    regionCode: '36',
    reason: 'Menimbang anggaran',
  })
  await holder.query('rollback')
  await holder.end()
  assert.deepEqual([late.status, late.body.code], [409, 'what_if_too_long'])
})
