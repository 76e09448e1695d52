import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql as raw } from 'kysely'
import { openFamily } from '#src/people/register/index.ts'
import { determinationStage, MARGAHAYU, OTHER, type Refused } from '#test/support/determinations.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { onDetermined } from './decide.ts'
import { runDetermination } from './run.ts'
import type {
  Checks,
  Comparison,
  ComparisonPage,
  Determination,
  DeterminationList,
  Entitlement,
  Results,
} from './schema.ts'

const {
  clock,
  db,
  sql,
  appUrl,
  maker,
  first,
  second,
  city,
  desk,
  elsewhere,
  call,
  ask,
  made,
  approved,
  families,
  change,
  holding,
  here,
} = await determinationStage()

test('a run that is killed, wherever it is, leaves nothing and is done again', async () => {
  const id = await ask({ period: '2027-02' })
  const tables = ['determination_result', 'determination_fact', 'determination_count', 'determination_suspect'] as const
  const left = async () => {
    const counts = tables.map(
      (table) => `(select count(*)::int from ${table} where determination_id = $1) as ${table.slice(14)}`,
    )
    return (await sql<Record<string, number>>(`select ${counts.join(', ')}`, [id]))[0]
  }
  // The same list is killed where it begins to decide, to freeze the facts, to count, and to look for suspicions.
  for (const table of tables) {
    const release = await holding(`lock table ${table} in share mode`)
    const child = fork('test/support/determination-process.ts', [appUrl, id, clock.now.toISOString()], { execArgv: [] })
    const waiting = `select 1 from pg_locks where not granted and relation = '${table}'::regclass`
    for (let tries = 0; (await sql(waiting)).length === 0; tries++) {
      assert.ok(tries < 600, `the run never came to ${table}`)
      await sleep(50)
    }
    const progress = (await call<Determination>(maker, 'GET', `/determinations/${id}`)).body
    assert.deepEqual(
      [progress.state, progress.considered > 0],
      ['running', table !== 'determination_result'],
      'how far it is shows meanwhile',
    )
    child.kill('SIGKILL')
    await once(child, 'close')
    await release()
    const held = `select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`
    for (let tries = 0; (await sql(held)).length > 0; tries++) {
      assert.ok(tries < 600, 'the server never noticed')
      await sleep(50)
    }
    assert.deepEqual(await left(), { result: 0, fact: 0, count: 0, suspect: 0 }, table)
  }
  await runDetermination(db, id)
  assert.equal((await call<Determination>(maker, 'GET', `/determinations/${id}`)).body.state, 'made')
  const after = await left()
  assert.ok((after?.['result'] ?? 0) > 15 && (after?.['fact'] ?? 0) > 0 && (after?.['count'] ?? 0) > 0)
})
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
  const rowsOf = async (path: string) => {
    const { body } = await call<Results>(city, 'GET', `/determinations/${list.id}/${path}`)
    return body.items.length
  }
  assert.equal(await rowsOf('checks/families?side=exclusion&reason=held'), 1)
  assert.equal(await rowsOf('checks/families?side=exclusion&reason=quota'), 0)
  assert.deepEqual([await rowsOf('families?hold=hold'), await rowsOf('families?hold=keep')], [again.held, again.kept])
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
  const past = db.asSystem('test', (tx) =>
    raw`update determination set state = 'approved', decree_number = 'x' where id = ${list.id}`.execute(tx),
  )
  await assert.rejects(past, { code: '42501' }, 'the database counts approvals too')
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

  const district = await made({ period: '2027-10', regionCode: '32.75.01' })
  await approved(district.id)
  const below = await call<Determination>(desk, 'GET', `/determinations/${district.id}`)
  assert.deepEqual([below.status, below.body.annex], [200, false])
  assert.equal((await call(desk, 'GET', `/determinations/${district.id}/annex.pdf`)).status, 403)
  const own = (await call<Results>(desk, 'GET', `/determinations/${district.id}/families?outcome=in&limit=200`)).body
    .items
  assert.ok(own.length > 0 && own.length < district.in && own.every((one) => one.region.code === MARGAHAYU))

  const family = here[0]?.family ?? ''
  await db.as({ ...city.actor, at: clock.now }, (tx) =>
    openFamily(tx, { ...city.actor, at: clock.now }, { familyId: family, reason: 'Warga bertanya', work: 'other' }),
  )
  const entitled = (await call<Entitlement[]>(city, 'GET', `/register/families/${family}/entitlements`)).body
  assert.deepEqual(
    entitled
      .filter((each) => each.period === '2027-05')
      .map((each) => [each.programmeCode, each.period, each.amount, each.state]),
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
  const behind = async (query: string) => {
    const answer = await call<ComparisonPage>(city, 'GET', `/determinations/${list.id}/comparison/families?${query}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.body.items
  }
  const gone = await behind('change=left')
  assert.deepEqual(gone.flatMap((one) => one.sentences).toSorted(), [
    'Sudah lulus (graduasi)',
    'Tidak memenuhi syarat: Desil 1 sampai 5',
  ])
  const other = await behind('change=changed')
  assert.deepEqual(
    other.map((one) => [one.familyId, one.amountBefore, one.amountNow]),
    [[stays.family, 84_000, 42_000]],
  )
  // As many rows as each figure says, and those it says.
  const idsOf = async (query: string) => (await behind(query)).map((one) => one.familyId)
  assert.deepEqual(await idsOf('change=entered'), [comes.family])
  assert.deepEqual(await idsOf('change=stayed'), [stays.family])
  assert.deepEqual(await idsOf('change=left&why=graduated'), [dies.family])
  assert.deepEqual(await idsOf('change=left&why=condition'), [rises.family])
  assert.deepEqual(await idsOf('change=left&condition=decile'), [rises.family])
  assert.deepEqual(await idsOf('change=left&why=quota'), [])
})

test('who held a family and put it back, and who submitted the list, does not approve it', async () => {
  const list = await made({ period: '2029-01', regionCode: '32.75.01' })
  const [family] = (await families(list.id, '?outcome=in')).items
  const at = `/determinations/${list.id}`
  const can = async (who: SignedIn) => (await call<Determination>(who, 'GET', at)).body.can
  const hold = `${at}/families/${family?.familyId ?? ''}/hold`
  assert.equal((await call(second, 'PUT', hold, { decision: 'hold', reason: 'Pegawai negeri' })).status, 200)
  assert.equal((await call(second, 'DELETE', hold)).status, 200)
  assert.equal((await call(first, 'POST', `${at}/submit`)).status, 200)
  const [third, fourth] = [
    await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Ratih' }),
    await signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Gunawan' }),
  ]
  for (const who of [first, second]) {
    assert.deepEqual(await can(who), [])
    assert.equal((await call(who, 'POST', `${at}/approve`, {})).status, 403)
    const past = db.as(
      who.actor,
      (tx) =>
      tx.insertInto('determination_approval').values({ determination_id: list.id, account_id: who.actor.accountId, role: 'supervisor', decision: 'approve' }).execute(), // prettier-ignore
    )
    await assert.rejects(past, { code: '42501' }, 'nor past the rules of the application')
  }
  for (const who of [third, fourth]) {
    assert.deepEqual(await can(who), ['approve', 'reject'])
    assert.equal((await call(who, 'POST', `${at}/approve`, {})).status, 200)
  }
  assert.equal((await call<Determination>(third, 'GET', at)).body.state, 'approved')
})

test('the former list is one of a former period, never of a later one', async () => {
  const later = await made({ period: '2028-12', regionCode: OTHER })
  await approved(later.id)
  const one = await made({ period: '2028-11', regionCode: OTHER })
  assert.ok((one.former?.period ?? '') < '2028-11', `not ${one.former?.period}`)
  await approved(one.id)
  assert.equal((await made({ period: '2029-02', regionCode: OTHER })).former?.id, later.id)
})
