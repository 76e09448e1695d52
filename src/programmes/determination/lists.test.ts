import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type NewProposal, proposalActs, submitProposal } from '#src/people/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { startJobs } from '#src/platform/jobs/index.ts'
import { openFamily, questionnairesOn, type Change } from '#src/people/register/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { determinationStage, MARGAHAYU, OTHER, type Refused } from '#test/support/determinations.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { getVersion } from '../catalogue/versions.ts'
import { type FamilyFacts, readRule } from '../rules/index.ts'
import { determinationJobs } from './jobs.ts'
import { runDetermination } from './run.ts'
import type { Determination, RegionCounts, ResultDetail, ResultRow, Results } from './schema.ts'

const {
  clock,
  db,
  sql,
  maker,
  city,
  desk,
  elsewhere,
  call,
  made,
  families,
  change,
  here,
  unknown,
  app,
  appUrl,
  ask,
  approved,
} = await determinationStage()

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
  assert.match(waiting.items[0]?.sentences[0] ?? '', /Desil 1 sampai 4\. Data yang kurang: desil$/)
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
  await db.as({ ...maker.actor, at: clock.now }, (tx) =>
    openFamily(
      tx,
      { ...maker.actor, at: clock.now },
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
  clock.now = new Date(clock.now.getTime() + 1000)
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

test('the loop closes: who comes into the register by the village meeting is on the next list and was not on the former', async () => {
  const bagas = await signedIn(db, { role: 'pillar', regionCode: MARGAHAYU, name: 'Bagas' })
  const endang = await signedIn(db, { role: 'supervisor', regionCode: MARGAHAYU, name: 'Endang' })
  const nurul = await signedIn(db, { role: 'officer', regionCode: '32.75', name: 'Nurul' })
  const as = <T>(who: SignedIn, work: (tx: Tx, actor: Actor) => Promise<T>) => {
    clock.now = new Date(clock.now.getTime() + 60_000)
    const actor = { ...who.actor, at: clock.now }
    return db.as(actor, (tx) => work(tx, actor))
  }
  const former = await made({ period: '2027-02', regionCode: MARGAHAYU })
  const widow: NewProposal = {
    regionCode: MARGAHAYU,
    kind: 'enrol',
    programmeCode: 'SEMBAKO',
    reason: 'Janda dengan tiga anak, belum pernah didata.',
    family: { kkNumber: '9999011508859001', address: 'Gang Mawar 3', rt: '02', rw: '05' },
    members: [
      { name: 'Sumiati', nik: '9999015708859001', birthDate: '1985-08-17', sex: 'female', relationship: 'head' },
    ],
  }
  const { id, period } = await as(bagas, (tx, actor) =>
    submitProposal(
      tx,
      { accountId: actor.accountId, role: actor.role, name: actor.name, officeId: actor.officeId, at: actor.at },
      widow,
      { door: 'pillar', secret: Buffer.alloc(32, 7) },
    ),
  )
  const meeting = await as(endang, (tx, actor) =>
    proposalActs.openMeeting(tx, actor, {
      regionCode: MARGAHAYU,
      basis: 'meeting',
      heldOn: '2026-11-20',
      place: 'Aula Kelurahan Margahayu',
      period,
    }),
  )
  await as(endang, async (tx, actor) => {
    await proposalActs.addAttendance(tx, actor, meeting, { name: 'Endang', capacity: 'Koordinator', signed: true })
    await proposalActs.decideItem(tx, actor, meeting, { proposalId: id, decision: 'accepted' })
  })
  await as(endang, (tx, actor) => proposalActs.giveFieldCheck(tx, actor, id, { checkerId: desk.accountId }))
  await as(desk, (tx, actor) =>
    proposalActs.submitFieldCheck(tx, actor, id, {
      result: 'as_proposed',
      visitedOn: '2026-11-20',
      finding: 'Rumah kontrakan, lantai semen. Keterangan sesuai usulan.',
    }),
  )
  await as(nurul, (tx, actor) => proposalActs.verifyAtRegency(tx, actor, id))
  await as(city, (tx, actor) => proposalActs.approveAtRegency(tx, actor, id))
  const [family] = await sql<{ id: string }>(`select id from family where kk_number = '9999011508859001'`)
  assert.ok(family)
  // Nobody has ranked her yet: she waits, and the list says what is missing.
  const waits = await made({ period: '2027-02', regionCode: MARGAHAYU })
  const standing = async (list: Determination) =>
    (await families(list.id, '?limit=200')).items.find((one) => one.familyId === family.id)
  assert.equal(await standing(former), undefined)
  assert.deepEqual((await standing(waits))?.missing, ['decile'])
  await change([
    {
      kind: 'decile_set',
      effectiveOn: '2026-11-20',
      parts: [{ subject: 'family', subjectId: family.id, patch: { decile: 1 } }],
    },
  ])
  const next = await standing(await made({ period: '2027-02', regionCode: MARGAHAYU }))
  assert.deepEqual([next?.outcome, next?.headName, next?.amount], ['in', 'Sumiati', 200_000])
})

test('what is asked for is made in the background, and the annex of what was approved', async () => {
  const working = await startJobs({ appUrl, db, jobs: determinationJobs, files: app.files })
  const until = async (done: () => Promise<boolean>) => {
    for (let tries = 0; !(await done()); tries++) {
      assert.ok(tries < 600, 'nothing happened')
      await sleep(50)
    }
  }
  const id = await ask({ period: '2027-11', regionCode: MARGAHAYU })
  await until(async () => (await sql(`select 1 from determination where id = $1 and state = 'made'`, [id])).length > 0)
  await approved(id)
  await until(async () => (await sql(`select 1 from determination_paper where determination_id = $1`, [id])).length > 0)
  await working.stop()
})

test('who is called so is found to the last, however many there are', async () => {
  const list = await made({ period: '2031-01', regionCode: OTHER })
  await sql(
    `with named as (insert into determination_result (determination_id, family_id, region_code, outcome, reason, amount)
       select $1, gen_random_uuid(), $2, 'in', 'eligible', 1 from generate_series(1, 1100) returning determination_id, family_id, region_code)
     insert into determination_fact (determination_id, family_id, region_code, shown, facts)
       select determination_id, family_id, region_code, '{"headName": "Rukayah Binangun"}', '{}' from named`,
    [list.id, OTHER],
  )
  const seen = new Set<string>()
  for (let after: string | null = ''; after !== null;) {
    const page: Results = await families(
      list.id,
      `?name=rukayah&region=${OTHER}&limit=200${after && `&after=${after}`}`,
    )
    for (const one of page.items) seen.add(one.familyId)
    after = page.next
  }
  assert.equal(seen.size, 1100)
})

test('a list whose stored rule became faulty is told as failed, leaves nothing, and can be given up', async () => {
  const stored = await sql<{ rule: object; version: number }>(
    `select rule, version from programme_version where programme_code = 'PBI_JK' and state = 'published'`,
  )
  const [id, sound] = [await ask({ programmeCode: 'PBI_JK', period: '2028-01' }), await ask({ period: '2028-01' })]
  // A published version never changes; here the owner of the tables makes it name what is no longer known.
  const write = async (rule: (before: object) => object) => {
    await sql('alter table programme_version disable trigger keep_published')
    for (const one of stored)
      await sql(`update programme_version set rule = $1 where programme_code = 'PBI_JK' and version = $2`, [
        JSON.stringify(rule(one.rule)),
        one.version,
      ])
    await sql('alter table programme_version enable trigger keep_published')
  }
  await write((rule) => ({
    ...rule,
    conditions: [{ code: 'gone', name: 'Pertanyaan lama', nameEn: 'Old question', cel: 'family.tidak_ada == 1' }],
  }))
  try {
    await runDetermination(db, id)
    const failed = (await call<Determination>(maker, 'GET', `/determinations/${id}`)).body
    assert.deepEqual([failed.state, failed.problem, failed.totals], ['failed', 'rule_faulty', null])
    assert.ok(failed.can.includes('cancel') && !failed.can.includes('submit'))
    for (const table of ['determination_result', 'determination_fact'])
      assert.deepEqual(await sql(`select 1 from ${table} where determination_id = $1`, [id]), [])
    assert.equal((await call<Refused>(maker, 'GET', `/determinations/${id}/families`)).status, 409)
    // Another programme's is made all the same.
    await runDetermination(db, sound)
    assert.equal((await call<Determination>(maker, 'GET', `/determinations/${sound}`)).body.state, 'made')
    const given = await call<Determination>(maker, 'POST', `/determinations/${id}/cancel`)
    assert.equal(given.body.state, 'cancelled')
  } finally {
    await write((rule) => rule)
  }
  await runDetermination(db, id)
  assert.equal((await call<Determination>(maker, 'GET', `/determinations/${id}`)).body.state, 'cancelled')
})
