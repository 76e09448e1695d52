import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signedIn } from '#test/support/accounts.ts'
import { MARGAHAYU, OTHER, determinationStage, type Refused } from '#test/support/determinations.ts'
import type { RuleDefinition } from '../rules/index.ts'
import { type RuleCount, type RuleFamiliesPage, type RuleFamily, type RuleFigure, ruleFigures } from './schema.ts'

const { sql, db, maker, city, desk, elsewhere, call, change, here, holding } = await determinationStage()
const auditor = await signedIn(db, { role: 'auditor', regionCode: '32' })
const health = await signedIn(db, { role: 'officer', regionCode: '32.75', agency: 'health' })

const condition = (code: string, cel: string) => ({ code, name: `Syarat ${code}`, nameEn: `Condition ${code}`, cel })
const ruleOf = (...conditions: RuleDefinition['conditions']): RuleDefinition => ({
  conditions,
  components: [{ code: 'pay', name: 'Uang', nameEn: 'Money', per: 'family', when: 'true', amount: '200000' }],
  limits: {},
  ranking: [],
})
const definition = ruleOf(condition('low', 'family.decile <= 4'), condition('high', 'family.decile >= 2'))
const blind = ruleOf(condition('eyes', `members.exists(m, 'visual' in m.disabilities)`))

const count = (given: object, who = maker) => call<RuleCount & Refused>(who, 'POST', '/rules/count', { definition, ...given }) // prettier-ignore
const behind = (given: object, who = maker) =>
  call<RuleFamiliesPage & Refused>(who, 'POST', '/rules/count/families', { definition, ...given })

/** All rows behind a figure, four a page. */
async function rowsOf(given: object): Promise<RuleFamily[]> {
  const rows: RuleFamily[] = []
  for (let after: string | null = ''; after !== null;) {
    const { status, body, text }: Awaited<ReturnType<typeof behind>> = await behind({
      ...given,
      limit: 4,
      ...(after && { after }),
    })
    assert.equal(status, 200, text)
    rows.push(...body.items)
    after = body.next
    if (after === null) assert.equal(rows.length, body.count)
  }
  assert.equal(new Set(rows.map((row) => row.familyId)).size, rows.length)
  return rows
}

/** Every figure of a region against its rows; `of` says whose rows are read for a figure. */
async function agree(regionCode: string, of: (figure: RuleFigure) => RuleFigure = (figure) => figure) {
  const { status, body: told, text } = await count({ regionCode })
  assert.equal(status, 200, text)
  let some = 0
  for (const figure of ruleFigures) {
    const ofConditions = figure === 'failed' || figure === 'missing' || figure === 'only'
    for (const one of ofConditions ? told.conditions : [null]) {
      const figures: Partial<Record<RuleFigure, number | null>> = one ?? told
      const rows = await rowsOf({ regionCode, figure: of(figure), ...(one && { condition: one.code }) })
      assert.equal(rows.length, figures[figure], `${figure} ${one?.code ?? ''} of ${regionCode}`)
      assert.ok(rows.every((row) => regionCode === '00' || row.region.code.startsWith(regionCode)))
      if (figure === 'in')
        assert.equal(rows.reduce((all, row) => all + (row.amount ?? 0), 0), told.amount) // prettier-ignore
      some += rows.length > 0 ? 1 : 0
    }
  }
  assert.equal((told.in ?? 0) + (told.out ?? 0) + (told.waiting ?? 0), told.considered)
  return some
}

test('every figure of a count is as many as the families behind it, in every region', async () => {
  let some = 0
  for (const region of ['00', '32', '32.75', '32.75.01', MARGAHAYU, OTHER, '33.13']) some += await agree(region)
  assert.ok(some > 35, `${some} figures had rows`)
  // Other rows than those counted do not pass.
  for (const wrong of [
    (figure: RuleFigure): RuleFigure => (figure === 'in' ? 'waiting' : figure),
    (figure: RuleFigure): RuleFigure => (figure === 'failed' ? 'missing' : figure),
  ])
    await assert.rejects(agree('32.75', wrong), { code: 'ERR_ASSERTION' })
})

test('families are masked, say why, are a file too, and the look is recorded', async () => {
  const [out] = await rowsOf({ regionCode: MARGAHAYU, figure: 'failed', condition: 'low' })
  assert.deepEqual(out?.sentences, ['Tidak memenuhi syarat: Syarat low'])
  assert.match(out?.headName ?? '', /^S\*+ W\*+/)
  assert.equal(out?.amount, null)
  const [look] = await sql<{ act: string; reason: string; detail: { figure: string; condition: string } }>(
    `select act, reason, detail from audit_entry where subject = 'rule' order by id desc limit 1`,
  )
  assert.deepEqual([look?.act, look?.detail.figure, look?.detail.condition], ['list', 'failed', 'low'])

  const file = { definition, regionCode: '32.75', figure: 'in' }
  const csv = await call(city, 'POST', '/rules/count/families/export', { ...file, format: 'csv' })
  assert.equal(csv.status, 200, csv.text)
  const lines = csv.text.trim().split('\r\n')
  assert.match(csv.text, /^\uFEFFkode_wilayah;wilayah;kepala_keluarga;alasan;jumlah\r\n/)
  assert.equal(lines.length - 1, (await rowsOf(file)).length)
  assert.doesNotMatch(csv.text, /Sukarsih|\d{16}/)
  const book = await call(city, 'POST', '/rules/count/families/export', { ...file, format: 'xlsx' })
  assert.equal(book.raw.subarray(0, 2).toString(), 'PK')
})

test('a count is of one’s own region; of health it tells nothing about a handful, and nobody', async () => {
  await change(
    here.slice(0, 2).map((one) => ({
      kind: 'disability' as const,
      parts: [{ subject: 'person' as const, subjectId: one.child, sealed: { disabilities: ['visual' as const] } }],
    })),
  )
  const { body } = await count({ definition: blind, regionCode: MARGAHAYU }, desk)
  assert.ok(body.smallestShown > 2 && body.hidden && body.considered === 13)
  assert.deepEqual([body.in, body.out, body.amount, body.conditions[0]?.failed], [null, null, null, null])
  for (const figure of ['in', 'out'])
    assert.deepEqual((await behind({ definition: blind, regionCode: '32.75', figure })).body.code, 'rule_hidden')
  assert.equal((await count({ regionCode: MARGAHAYU }, desk)).body.hidden, false)

  assert.equal((await count({ regionCode: '32.75' }, auditor)).status, 200)
  assert.equal((await behind({ regionCode: '32.75', figure: 'in' }, auditor)).status, 403)
  assert.equal((await count({ regionCode: '33.13' }, city)).status, 404)
  assert.equal((await count({ regionCode: '32.75' }, health)).status, 403)
  const of = (given: object, who = maker) => behind({ regionCode: '32.75', figure: 'in', ...given }, who)
  assert.equal((await of({}, elsewhere)).status, 404)
  assert.equal((await of({}, health)).status, 403)
  assert.equal((await of({ asOf: '2026-11-21' })).status, 400)
  assert.equal((await of({ after: 'x' })).status, 400)
  assert.equal((await of({ figure: 'failed' })).body.errors?.[0]?.field, 'condition')
  assert.equal((await of({ figure: 'failed', condition: 'x' })).body.errors?.[0]?.field, 'condition')
  const faulty = ruleOf(condition('low', 'family.decile'))
  assert.equal((await of({ definition: faulty })).body.errors?.[0]?.field, 'definition.conditions[0].cel')
  // Before anything was known of them they were nowhere.
  assert.equal((await count({ regionCode: '32.75', asOf: '2026-09-30' })).body.considered, 0)
})

test('how long a count may take is a dated term', async () => {
  await sql(
    `insert into determination_term (key, valid_from, amount, unit, source) values ('rule_count', '2026-11-01', 1, 'seconds', 'uji')`,
  )
  const release = await holding('lock table person_sealed in access exclusive mode')
  const { status, body } = await count({ definition: blind, regionCode: '32.75' })
  await release()
  assert.deepEqual([status, body.code], [409, 'count_too_long'])
})
