import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { faults, type Refused, serviceDesk } from '#test/support/service-desk.ts'
import type { Definition, FormProperty, PlanStep } from './definition.ts'
import { definitionFaults } from './faults.ts'
import { serviceActs } from './index.ts'
import { readResults } from './results.ts'
import type { PlanBody, PlanCatalogue, PlanCheck, PlanList, PlanPage, ServiceCase } from './schema.ts'
import { shortestWay, tryExample } from './trial.ts'

let now = new Date('2026-11-10T02:00:00Z')
const { db, sql } = await testDatabase({ clock: () => now })
const app = await testApp(db)
const { call, opens } = serviceDesk(app, db)
const VILLAGE = '36.73.01.1001'
const [maria, darmawan, siti, sari, ratna, auditor] = await Promise.all([
  signedIn(db, { role: 'officer', regionCode: '00', name: 'Maria' }),
  signedIn(db, { role: 'supervisor', regionCode: '00', name: 'Darmawan' }),
  signedIn(db, { role: 'supervisor', regionCode: '36', name: 'Siti' }),
  signedIn(db, { role: 'officer', regionCode: VILLAGE, name: 'Sari' }),
  signedIn(db, { role: 'supervisor', regionCode: '36.73', name: 'Ratna' }),
  signedIn(db, { role: 'auditor', regionCode: '00', name: 'Laksmi' }),
])
const shipped = await sql<{ code: string; definition: Definition }>(
  'select programme_code as code, definition from service_plan order by 1',
)

const answerOf = (one: FormProperty): unknown => {
  if (one.type === 'array') return one.items?.enum.slice(0, 1)
  if (one.type === 'boolean') return true
  if (one.type === 'string') return one.enum?.[0] ?? (one.format === 'date' ? '2026-11-01' : 'Contoh')
  return one.minimum ?? 1
}
/** Everything a step's form asks, answered. */
const answersOf = (step: PlanStep) =>
  step.form && {
    answers: Object.fromEntries(Object.entries(step.form.properties).map(([name, one]) => [name, answerOf(one)])),
  }

test('each plan that ships is walked from the application to each of its outcomes, and the results count it', async () => {
  assert.deepEqual(
    shipped.map((one) => one.code),
    'ALAT_BANTU_DENGAR ATENSI BIMBINGAN_ODGJ COTA KAKI_PALSU KETERAMPILAN_BWBLP KONSELING_PMI KUBE P2K2 UEP UPSK'.split(
      ' ',
    ),
  )
  const counselling = shipped.find((one) => one.code === 'KONSELING_PMI')?.definition
  assert.deepEqual(
    counselling?.steps.filter((one) => one.phase === 'steps').map((one) => one.code),
    ['bimbingan', 'eksplorasi_masalah', 'eksplorasi_alternatif', 'motivasi'],
  )
  const actor = { ...sari.actor, at: now }
  for (const { code, definition } of shipped) {
    assert.deepEqual(definitionFaults(definition), [], code)
    const stepOf = (wanted: string) => {
      const step = definition.steps.find((one) => one.code === wanted)
      assert.ok(step)
      return step
    }
    for (const outcome of definition.outcomes)
      await db.as(actor, async (tx) => {
        const where = `${code} ${outcome.code}`
        const way = shortestWay(definition, outcome.code)
        assert.ok(tryExample(definition, { name: where, records: way, outcome: outcome.code }).passes, where)
        const application = definition.steps.find((one) => one.phase === 'application')
        const id = await serviceActs.applyForService(tx, actor, {
          programmeCode: code,
          regionCode: VILLAGE,
          ...(definition.unit === 'group' ? { groupName: 'Melati' } : { walkIn: { name: 'Warsih' } }),
          ...(application && answersOf(application)),
        })
        if (definition.unit === 'group') await serviceActs.addMember(tx, actor, id, { name: 'Sumiati' })
        const members = await tx.selectFrom('service_member').select('id').where('case_id', '=', id).execute()
        const report = ({ step, result }: { step: string; result: string }) => ({
          id: uuid(),
          result,
          ...answersOf(stepOf(step)),
          ...(stepOf(step).topics && { topic: stepOf(step).topics?.[0]?.code ?? '' }),
          ...(stepOf(step).group && { attendance: members.map((one) => ({ memberId: one.id, present: true })) }),
        })
        let planned = false
        for (const one of way) {
          const { phase } = stepOf(one.step)
          if (phase === 'assessment') {
            await serviceActs.assess(tx, actor, id, { code: one.step, ...report(one) })
            continue
          }
          if (phase !== 'plan' && !planned) {
            await serviceActs.planSteps(tx, actor, id, { steps: [{ code: one.step, dueOn: '2026-12-01' }] })
            planned = true
          }
          const open = await tx
            .selectFrom('service_step')
            .select('seq')
            .where('case_id', '=', id)
            .where('code', '=', one.step)
            .where('done_at', 'is', null)
            .orderBy('seq')
            .executeTakeFirstOrThrow()
          await serviceActs.recordStep(tx, actor, id, open.seq, report(one))
        }
        const reason = 'Sesuai keadaan pemohon'
        if (outcome.closes === 'finished') await serviceActs.finish(tx, actor, id, { outcome: outcome.code })
        else if (outcome.closes === 'stopped') await serviceActs.stop(tx, actor, id, { outcome: outcome.code, reason })
        else await serviceActs.reject(tx, actor, id, { outcome: outcome.code, reason })
      })
  }
  const boss = { ...ratna.actor, at: now }
  const results = await db.as(boss, (tx) => readResults(tx, boss, {}))
  assert.deepEqual(
    results.programmes.map((one) => one.programme.code).sort(),
    shipped.map((one) => one.code),
  )
  for (const { programme, outcomes, counts } of results.programmes) {
    const plan = shipped.find((one) => one.code === programme.code)?.definition
    assert.ok(plan)
    assert.deepEqual(
      outcomes.map((one) => `${one.code} ${one.closes} ${one.name} ${one.count}`).sort(),
      plan.outcomes.map((one) => `${one.code} ${one.closes} ${one.name} 1`).sort(),
      programme.code,
    )
    const closed = (how: string) => plan.outcomes.filter((one) => one.closes === how).length
    assert.deepEqual(
      [counts.applied, counts.finished, counts.stopped, counts.rejected],
      [plan.outcomes.length, closed('finished'), closed('stopped'), closed('rejected')],
    )
  }
})

test('what is wrong with a plan is told at its place, in the reader’s language; nothing of it is a plan', async () => {
  const [leg] = shipped.filter((one) => one.code === 'KAKI_PALSU')
  assert.ok(leg)
  const broken = structuredClone(leg.definition)
  const [, assessment, measuring] = broken.steps
  assert.ok(assessment && measuring)
  measuring.name = ''
  assert.deepEqual(
    definitionFaults(broken).map((one) => `${one.field} ${one.code}`),
    ['steps.2.name minLength'],
  )
  measuring.name = 'Pengukuran'
  assessment.code = measuring.code
  measuring.times = 3
  measuring.group = true
  measuring.results = [{ code: 'gone', name: 'Tidak ada', nameEn: 'Gone', met: false }]
  assessment.form = {
    type: 'object',
    additionalProperties: false,
    required: ['what'],
    properties: { a: { type: 'string', title: 'Apa', 'x-title-en': 'What', enum: ['x', 'x'] } },
  }
  broken.outcomes = broken.outcomes.filter((one) => one.closes !== 'finished')
  const all = [
    'steps.2.code uniqueItems',
    'outcomes plan_no_finish',
    'steps.1.form.properties.a uniqueItems',
    'steps.1.form.properties.a plan_question_words',
    'steps.1.form.required unknown',
    'steps.2.results plan_never_done',
    'steps.2.every plan_times_alone',
    'steps.2.group plan_no_group',
  ]
  assert.deepEqual(
    definitionFaults(broken).map((one) => `${one.field} ${one.code}`),
    all,
  )
  const asked = await call<PlanCheck>(maria, 'POST', 'plans/check', {
    definition: broken,
    examples: [{ name: 'x', records: [], outcome: 'moved' }],
  })
  assert.equal(asked.status, 200, asked.text)
  assert.deepEqual(asked.body.tried, [null])
  assert.ok(asked.body.faults.every((one) => one.message.length > 8 && !one.message.includes('{')))
  // A form is only what pages can ask: a pattern or a reference never reaches a validator.
  for (const more of [{ pattern: '(a+)+$' }, { $ref: '#' }]) {
    const odd = JSON.parse(JSON.stringify(leg.definition)) as {
      steps: { form: { properties: Record<string, object> } }[]
    }
    Object.assign(odd.steps[2]?.form.properties['lengthMm'] ?? {}, more)
    assert.deepEqual(
      definitionFaults(odd).map((one) => one.code),
      ['additionalProperties'],
    )
  }
})

test('a plan is written as a draft by its owner, published by another, and running cases keep the one they began under', async () => {
  const [family] = await registerFamilies(db, 1, VILLAGE)
  assert.ok(family)
  await opens(sari, family.family)
  const begun = await call<{ id: string }>(sari, 'POST', 'cases', {
    programmeCode: 'ATENSI',
    familyId: family.family,
    personId: family.head,
  })
  assert.equal(begun.status, 201, begun.text)

  const list = await call<PlanCatalogue>(siti, 'GET', 'plans')
  const ownCodes = list.body.items.filter((one) => one.region.code === '36').map((one) => one.code)
  assert.ok(
    ownCodes.includes('UPSK') && list.body.without.every((one) => !shipped.some((each) => each.code === one.code)),
  )
  assert.equal((await call(sari, 'POST', 'plans/UPSK/draft', {})).status, 403)
  assert.equal((await call(siti, 'POST', 'plans/ATENSI/draft', {})).status, 403, 'the nation’s')
  assert.equal((await call(auditor, 'GET', 'plans/ATENSI')).status, 200)
  const first = await call<PlanPage>(maria, 'POST', 'plans/ATENSI/draft', {})
  assert.equal(first.status, 201, first.text)
  assert.deepEqual(
    [first.body.state, first.body.validFrom, first.body.faults, first.body.obstacles, first.body.can],
    ['draft', '2026-11-11', [], ['example_missing', 'by_another'], ['edit', 'drop']],
  )
  assert.equal((await call<Refused>(darmawan, 'POST', 'plans/ATENSI/draft', {})).body.code, 'draft_there')
  assert.equal((await call<PlanPage>(siti, 'GET', 'plans/ATENSI/draft')).body.can.length, 0)

  const { definition, verified, source } = first.body
  const body: PlanBody = { validFrom: '2026-11-12', verified, source, definition, examples: [] }
  const put = (more: Partial<PlanBody>, who: SignedIn = maria) =>
    call<PlanPage & Refused>(who, 'PUT', 'plans/ATENSI/draft', { ...body, ...more })
  const half = await put({ definition: { ...definition, summary: '', steps: [] } })
  assert.equal(half.status, 200, half.text)
  assert.deepEqual(
    half.body.faults.map((one) => one.field),
    ['summary', 'steps'],
  )
  assert.equal((await call<Refused>(darmawan, 'POST', 'plans/ATENSI/draft/publish')).body.code, 'plan_faulty')
  const renamed: Definition = {
    ...definition,
    days: 'working',
    steps: definition.steps.map((one) => (one.code === 'asesmen' ? { ...one, name: 'Asesmen baru', after: 5 } : one)),
    outcomes: definition.outcomes.filter((one) => one.code !== 'died'),
  }
  const way = shortestWay(renamed, 'independent')
  const tooShort = { name: 'Bu Tarmi', records: way.slice(0, -1), outcome: 'independent' }
  const failing = await put({ definition: renamed, examples: [tooShort] })
  assert.deepEqual(
    [failing.body.obstacles, failing.body.tried[0]?.fault, failing.body.tried[0]?.left],
    [['examples_fail', 'by_another'], 'service_steps_left', ['evaluasi']],
  )
  const past = await put({ definition: renamed, examples: [{ ...tooShort, records: way }], validFrom: '2026-11-09' })
  assert.deepEqual([past.body.obstacles, past.body.tried[0]?.state], [['day_past', 'by_another'], 'finished'])
  assert.deepEqual(faults(await call<Refused>(darmawan, 'POST', 'plans/ATENSI/draft/publish')), ['validFrom past'])
  const ready = await put({ definition: renamed, examples: [{ ...tooShort, records: way }] })
  assert.deepEqual(ready.body.obstacles, ['by_another'])
  assert.deepEqual(
    ready.body.differences.filter((one) => one.field.startsWith('steps')),
    [
      { field: 'steps.asesmen.name', before: 'Asesmen komprehensif', after: 'Asesmen baru' },
      { field: 'steps.asesmen.after', before: '7', after: '5' },
    ],
  )
  assert.equal((await call(maria, 'POST', 'plans/ATENSI/draft/publish')).status, 403)

  // The database holds the line too: nobody writes a plan past the draft of another, or another's programme.
  const insert = (who: SignedIn, by: SignedIn, from = '2026-11-12') =>
    db.as({ ...who.actor, at: now }, (tx) =>
      tx
        .insertInto('service_plan')
        .values({
          programme_code: 'ATENSI',
          valid_from: from,
          definition: JSON.stringify(renamed),
          verified: false,
          source: '-',
          made_by: by.accountId,
          published_by: who.accountId,
        })
        .execute(),
    )
  await assert.rejects(insert(darmawan, siti), /row-level security/)
  await assert.rejects(insert(darmawan, maria, '2026-11-13'), /row-level security/)
  await assert.rejects(insert(siti, maria), /row-level security/)
  assert.deepEqual(
    await db.as({ ...siti.actor, at: now }, (tx) =>
      tx
        .updateTable('service_plan_draft')
        .set({ verified: true, made_by: siti.accountId })
        .returning('verified')
        .execute(),
    ),
    [],
  )
  assert.deepEqual(
    await db.as({ ...sari.actor, role: 'pillar', officeId: null, at: now }, (tx) =>
      tx.selectFrom('service_plan_draft').selectAll().execute(),
    ),
    [],
  )

  const published = await call<PlanPage>(darmawan, 'POST', 'plans/ATENSI/draft/publish')
  assert.deepEqual(
    [published.status, published.body.state, published.body.madeBy, published.body.publishedBy, published.body.inForce],
    [200, 'published', 'Maria', 'Darmawan', false],
    published.text,
  )
  await assert.rejects(sql(`update service_plan set verified = true`), /append-only/)
  now = new Date('2026-11-13T02:00:00Z')
  const versions = await call<PlanList>(maria, 'GET', 'plans/ATENSI')
  assert.deepEqual(
    versions.body.items.map((one) => [one.validFrom, one.inForce]),
    [
      ['2026-11-12', true],
      ['2020-01-01', false],
    ],
  )
  assert.deepEqual(versions.body.can, ['draft'])
  const running = await call<ServiceCase>(sari, 'GET', `cases/${begun.body.id}`)
  assert.deepEqual(
    [running.body.plan.from, running.body.steps[0]?.name, running.body.steps[0]?.dueOn],
    ['2020-01-01', 'Asesmen komprehensif', '2026-11-17'],
  )
  assert.equal(
    (await call(sari, 'POST', `cases/${begun.body.id}/stop`, { reason: 'Meninggal dunia', outcome: 'died' })).status,
    200,
  )
  const next = await call<{ id: string }>(sari, 'POST', 'cases', {
    programmeCode: 'ATENSI',
    familyId: family.family,
    personId: family.head,
  })
  const fresh = await call<ServiceCase>(sari, 'GET', `cases/${next.body.id}`)
  // Friday and five working days: the Friday after.
  assert.deepEqual(
    [fresh.body.plan.from, fresh.body.steps[0]?.name, fresh.body.steps[0]?.dueOn],
    ['2026-11-12', 'Asesmen baru', '2026-11-20'],
  )
  assert.deepEqual((await call<PlanPage>(ratna, 'GET', 'plans/ATENSI/2026-11-12')).body.cases, 1)
  const boss = { ...ratna.actor, at: now }
  const results = await db.as(boss, (tx) => readResults(tx, boss, { programme: 'ATENSI' }))
  assert.ok(
    results.programmes[0]?.outcomes.some((one) => one.code === 'died' && one.name === 'Meninggal'),
    'an outcome of an older plan keeps its name',
  )
  assert.equal((await call(maria, 'POST', 'plans/ATENSI/draft', { from: '2020-01-01' })).status, 201)
  const dropped = await call<PlanList>(maria, 'DELETE', 'plans/ATENSI/draft')
  assert.deepEqual([dropped.status, dropped.body.draft], [200, null])
  assert.equal((await call<Refused>(maria, 'PUT', 'plans/ATENSI/draft', body)).body.code, 'no_draft')
  // Taken back: never deleted, from a day on; the one before counts again, and the running case keeps its own.
  const end = (who: SignedIn, given: object, which = '2026-11-12') =>
    call<PlanPage & Refused>(who, 'PUT', `plans/ATENSI/${which}/end`, given)
  const given = { endsOn: '2026-11-16', reason: 'Langkahnya keliru' }
  assert.deepEqual((await call<PlanPage>(darmawan, 'GET', 'plans/ATENSI/2026-11-12')).body.can, ['end'])
  for (const who of [maria, sari, ratna]) assert.equal((await end(who, given)).status, 403)
  assert.equal((await end(darmawan, { ...given, endsOn: '2026-11-12' })).body.errors?.[0]?.code, 'past')
  assert.equal((await end(darmawan, { ...given, reason: '    .' })).body.errors?.[0]?.field, 'reason')
  assert.equal((await end(darmawan, given, '2026-01-01')).status, 404)
  const ended = await end(darmawan, given)
  assert.deepEqual(
    [ended.status, ended.body.endsOn, ended.body.instead, ended.body.ended, ended.body.inForce, ended.body.can],
    [200, '2026-11-16', '2020-01-01', { by: 'Darmawan', reason: 'Langkahnya keliru' }, true, []],
    ended.text,
  )
  assert.equal((await end(darmawan, given)).body.code, 'plan_ended')
  now = new Date('2026-11-16T02:00:00Z')
  assert.deepEqual(
    (await call<PlanList>(maria, 'GET', 'plans/ATENSI')).body.items.map((one) => [
      one.validFrom,
      one.inForce,
      one.endsOn,
    ]),
    [
      ['2026-11-12', false, '2026-11-16'],
      ['2020-01-01', true, null],
    ],
  )
  assert.equal((await call<ServiceCase>(sari, 'GET', `cases/${next.body.id}`)).body.plan.from, '2026-11-12')
  const last = await call<{ id: string }>(sari, 'POST', 'cases', { programmeCode: 'ATENSI', familyId: family.family, personId: family.child }) // prettier-ignore
  assert.equal((await call<ServiceCase>(sari, 'GET', `cases/${last.body.id}`)).body.plan.from, '2020-01-01')
  await assert.rejects(sql(`delete from service_plan_end`), /append-only/)
  await assert.rejects(
    db.as({ ...sari.actor, at: now }, (tx) =>
      tx
        .insertInto('service_plan_end')
        .values({ programme_code: 'ATENSI', valid_from: '2020-01-01', ends_on: '2026-12-01', reason: 'Bukan milik saya', made_by: sari.accountId })
        .execute(),
    ),
    /row-level security/,
  ) // prettier-ignore
})
