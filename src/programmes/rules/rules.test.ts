import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { type Change, openFamily, questionnairesOn, recordChanges } from '#src/people/register/index.ts'
import { signedIn, type SignedIn } from '#test/support/accounts.ts'
import { testApp } from '#test/support/app.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { registerFamilies } from '#test/support/register-families.ts'
import { registerThen } from './as-of.ts'
import type { RuleDefinition } from './definition.ts'
import { readFacts } from './read-facts.ts'
import { readRule } from './read-rule.ts'
import type { RuleRow } from './rule.ts'
import type { Explained, ExampleRun, RuleCheck, RuleField } from './schema.ts'

const TODAY = '2026-11-22'
const VILLAGE = '32.75.01.1002'
const { db } = await testDatabase({ clock: () => new Date(`${TODAY}T03:00:00Z`) })
const app = await testApp(db)
const officer = await signedIn(db, { role: 'officer', regionCode: VILLAGE })
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32' })

async function post<T>(who: SignedIn, url: string, payload: object): Promise<{ status: number; body: T }> {
  const headers = { cookie: who.cookie, 'accept-language': 'en' }
  const res = await app.inject({ method: 'POST', url: `/api${url}`, headers, payload })
  return { status: res.statusCode, body: res.json<T>() }
}
const ruleOf = (cel: string, components: RuleDefinition['components'] = []): RuleDefinition => ({
  conditions: [{ code: 'one', name: 'Satu', nameEn: 'One', cel }],
  components,
  limits: {},
  ranking: [],
})
const system = { role: 'system' as const }
const happened = (kind: Change['kind'], effectiveOn: string, ...parts: Change['parts'][number][]): Change => ({
  id: uuid(),
  kind,
  effectiveOn,
  source: 'import',
  check: 'none',
  parts,
})

test('the register as it was on a day: the statement over it and the facts of each family say the same, with the day they hold since', async () => {
  const [one, other] = await registerFamilies(db, 2, VILLAGE)
  assert.ok(one && other)
  await db.asSystem('test', (tx) =>
    recordChanges(tx, system, [
      happened('decile_set', '2026-10-10', { subject: 'family', subjectId: one.family, patch: { decile: 6 } }),
      happened('disability', '2026-10-20', {
        subject: 'person',
        subjectId: one.child,
        sealed: { disabilities: ['visual'] },
      }),
      happened('surveyed', '2026-10-25', {
        subject: 'family',
        subjectId: one.family,
        patch: { answers: { floor: 'earth' } },
      }),
      happened(
        'died',
        '2026-11-01',
        { subject: 'person', subjectId: one.head, patch: { status: 'dead', diedOn: '2026-11-01' } },
        { subject: 'family', subjectId: one.family, kind: 'head_changed', patch: { headId: one.child } },
      ),
      happened('surveyed', '2026-11-05', {
        subject: 'family',
        subjectId: one.family,
        patch: { answers: { floorArea: 20 } },
      }),
    ]),
  )
  const people = {
    code: 'a',
    name: 'A',
    nameEn: 'A',
    per: 'person' as const,
    when: 'size(m.disabilities) > 0',
    amount: '1000 * size(members)',
  }
  const definition = ruleOf(
    `family.decile <= 4 || family.answers.floor == 'earth' && members.exists(m, 'visual' in m.disabilities)`,
    [people],
  )
  const outcomes: string[] = []
  const both: string[] = [one.family, other.family]
  for (const asOf of ['2026-10-01', '2026-10-10', '2026-10-20', '2026-10-25', '2026-11-03', TODAY]) {
    const rule = readRule(definition, await db.asPublic((tx) => questionnairesOn(tx, asOf)))
    const rows: RuleRow[] = await db.asSystem('test', async (tx) => {
      const range = { asOf, from: VILLAGE, to: `${VILLAGE}~` }
      const tables = await registerThen(tx, { ...range, knownAt: new Date(`${TODAY}T04:00:00Z`) }, rule.columns)
      return (await rule.select({ ...range, tables }).execute(tx)).rows
    })
    for (const family of both) {
      const dated = await db.as(officer.actor, async (tx) => {
        await openFamily(tx, officer.actor, { familyId: family, reason: 'Ingin tahu alasannya', work: 'service' })
        return readFacts(tx, officer.actor, family, asOf)
      })
      const answer = rule.evaluate(dated.facts, asOf)
      const row: RuleRow | undefined = rows.find(({ family_id }) => family_id === family)
      assert.deepEqual(
        [row?.outcome, row?.failed, row?.missing, row?.amount, row?.persons],
        [answer.outcome, answer.failed, answer.missing, answer.amount, answer.persons],
        asOf,
      )
      if (family !== both[0]) continue
      outcomes.push(`${answer.outcome} ${answer.amount}`)
      if (asOf !== TODAY) continue
      const { since } = dated
      assert.equal(since['family.decile'], '2026-10-10')
      assert.equal(since['family.answers.floor'], '2026-10-25')
      assert.equal(since['family.answers.floorArea'], '2026-11-05')
      assert.equal(since['family.region'], '2026-10-01')
      assert.equal(since[`${one.child}.disabilities`], '2026-10-20')
      assert.equal(since[`${one.child}.age`], '2026-10-01')
    }
  }
  assert.deepEqual(outcomes, ['in 0', 'out 0', 'waiting 0', 'in 2000', 'in 1000', 'in 1000'])
  // Before anything was known of them they were nowhere.
  const before = await db.asSystem('test', async (tx) => {
    const range = { asOf: '2026-09-30', from: '32', to: '32~' }
    const tables = await registerThen(tx, { ...range, knownAt: new Date(`${TODAY}T04:00:00Z`) })
    return (
      await readRule(ruleOf('true'), [])
        .select({ ...range, tables })
        .execute(tx)
    ).rows
  })
  assert.equal(before.length, 0)
})

test('faults come with sentences, fields with words; in the language of the reader', async () => {
  const wrong = await post<RuleCheck>(officer, '/rules/check', {
    definition: ruleOf("members.exists(m, m.sex == 'femal')"),
  })
  assert.equal(wrong.status, 200)
  assert.equal(wrong.body.faults[0]?.code, 'unknown_value')
  assert.equal(
    wrong.body.faults[0]?.sentence,
    '“femal” never stands in this datum. What does: female, male. Did you mean “female”?',
  )
  const type = await post<RuleCheck>(officer, '/rules/check', { definition: ruleOf('family.decile') })
  assert.equal(type.body.faults[0]?.sentence, 'Here must be true or false, not a whole number.')
  const fine = await post<RuleCheck>(officer, '/rules/check', { definition: ruleOf('true') })
  assert.deepEqual(fine.body, { faults: [] })
  const res = await app.inject({ url: '/api/rules/fields', headers: { cookie: officer.cookie } })
  const { items } = res.json<{ items: RuleField[] }>()
  const floor = items.find((one) => one.name === 'answers.floor')
  assert.equal(floor?.title, 'Lantai terluas')
  assert.equal(floor?.values?.find((one) => one.value === 'earth')?.label, 'Tanah')
  assert.equal(items.find((one) => one.name === 'schoolLevel')?.values?.[1]?.label, 'SD sederajat')
  assert.ok(items.every((one) => one.title !== '' && !one.title.startsWith('rules_')))
})

test('a rule is explained for a family one has opened', async () => {
  const [one] = await registerFamilies(db, 1, VILLAGE, () => ({ decile: 3 }))
  assert.ok(one)
  const ask = (who: SignedIn, more: object) =>
    post<Explained & { code?: string }>(who, '/rules/explain', { familyId: one.family, ...more })
  const definition = ruleOf('family.decile <= 4 && members.exists(m, m.age < 18)')
  assert.deepEqual((await ask(officer, { definition })).body.code, 'open_first')
  await db.as(officer.actor, (tx) =>
    openFamily(tx, officer.actor, { familyId: one.family, reason: 'Warga bertanya', work: 'complaint' }),
  )
  const told = await ask(officer, { definition })
  assert.equal(told.status, 200, JSON.stringify(told.body))
  assert.equal(told.body.answer.outcome, 'in')
  const decile = told.body.conditions[0]?.tree.find((part) => part.field === 'family.decile')
  assert.deepEqual([decile?.value, decile?.since, decile?.text], [3, '2026-10-01', 'family.decile'])
  assert.equal((await ask(officer, {})).status, 400)
  assert.equal((await ask(officer, { programmeCode: 'PKH', version: 99_999 })).status, 404)
  assert.equal((await ask(auditor, { definition })).status, 403)
  assert.equal((await ask(officer, { definition: ruleOf('family.decil < 3') })).body.code, 'rule_faulty')
})

test('examples pass or not, and say in what they differ', async () => {
  const facts = { family: { region: VILLAGE, status: 'active', programmes: [], answers: {}, decile: 2 }, members: [] }
  const amount = { code: 'a', name: 'A', nameEn: 'A', per: 'family' as const, when: 'true', amount: '200000' }
  const example = { name: 'Keluarga desil dua', asOf: TODAY, facts, expected: 'in' }
  const ran = await post<{ items: ExampleRun[] }>(officer, '/rules/examples/run', {
    definition: ruleOf('family.decile <= 4', [amount]),
    examples: [
      { ...example, expectedAmount: 200_000 },
      { ...example, expectedAmount: 1 },
      { ...example, expected: 'out' },
    ],
  })
  assert.equal(ran.status, 200, JSON.stringify(ran.body))
  assert.deepEqual(
    ran.body.items.map((one) => [one.passed, one.differences, one.answer.amount]),
    [
      [true, [], 200_000],
      [false, ['amount'], 200_000],
      [false, ['outcome'], 200_000],
    ],
  )
})
