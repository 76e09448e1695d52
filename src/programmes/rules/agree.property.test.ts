import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { questionnairesOn } from '#src/people/register/index.ts'
import { testDatabase } from '#test/support/postgres.ts'
import { randomFamilies } from '#test/support/random-families.ts'
import { aboutField, mangled, randomRule } from '#test/support/random-rules.ts'
import { registerThen } from './as-of.ts'
import type { RuleDefinition } from './definition.ts'
import { fieldsOf } from './facts.ts'
import type { Rule, RuleRow } from './rule.ts'
import { checkRule, readRule } from './read-rule.ts'

/*
 * Families in PostgreSQL once, with everything absent somewhere; then one random rule after another: the statement over all of them and
 * the evaluator for each say the same.
 */

const AS_OF = '2026-11-22'
const { db, sql } = await testDatabase({ clock: () => new Date(`${AS_OF}T03:00:00Z`) })
const facts = await randomFamilies(sql, 300, '32.75.01.1002', AS_OF)
await sql('analyze')
const forms = await db.asPublic((tx) => questionnairesOn(tx, AS_OF))
const range = { asOf: AS_OF, from: '32.75', to: '32.75~' }
const ask = (rule: Rule, then: boolean): Promise<(RuleRow & { unsure: number })[]> =>
  db.asSystem('rules: random ones in a test', async (tx) => {
    const knownAt = new Date(`${AS_OF}T03:00:00Z`)
    const tables = then ? await registerThen(tx, { ...range, knownAt }, rule.columns) : 'now'
    const { rows } = await rule.select({ ...range, tables }, { unsure: true }).execute(tx)
    return rows as (RuleRow & { unsure: number })[]
  })

function agree(rule: Rule, rows: readonly (RuleRow & { unsure: number })[]): Set<string> {
  const outcomes = new Set<string>()
  const asked = new Map(rows.map((row) => [row.family_id, row]))
  for (const [id, one] of facts) {
    const row = asked.get(id)
    assert.equal(row !== undefined, one.family.status === 'active')
    if (!row) continue
    const { outcome, failed, missing, amount, persons, unsure } = rule.evaluate(one, AS_OF)
    assert.deepEqual(
      [row.outcome, row.failed, row.missing, row.amount, row.persons, row.unsure],
      [outcome, failed, missing, amount, persons, unsure],
      JSON.stringify(one),
    )
    outcomes.add(outcome)
    if (amount > 0) outcomes.add('amount')
    if (unsure > 0) outcomes.add('unsure')
  }
  return outcomes
}

/** Everything the language has, as it stands in a text. */
const language: Readonly<Record<string, RegExp>> = {
  '+': / \+ /,
  '-': /\) ?- | - \(?[a-z0-9(]/,
  'unary -': /-\(/,
  '*': / \* /,
  '/': / \/ /,
  '%': / % /,
  '&&': /&&/,
  '||': /\|\|/,
  '!': /!\(/,
  '?:': / \? .* : /,
  '==': /==/,
  '!=': /!=/,
  '<': / < /,
  '<=': / <= /,
  '>': / > /,
  '>=': / >= /,
  in: / in /,
  ...Object.fromEntries(
    ['startsWith', 'endsWith', 'contains', 'exists', 'all', 'exists_one', 'filter', 'map'].map((one) => [
      one,
      new RegExp(`\\.${one}\\(`),
    ]),
  ),
  size: /\bsize\(/,
  has: /\bhas\(/,
  'map with a condition': /\.map\(v\d+, [^()]*(\([^()]*\)[^()]*)*, /,
}

test('for random rules and families the statement and the evaluator say the same', async () => {
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const fields = fieldsOf(forms)
  let turn = 0
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (roll) => {
      const given = randomRule(roll)
      // Each field of the register and of the survey forms has its turn.
      const field = fields[turn++ % fields.length]
      assert.ok(field)
      const asks = { code: 'field', name: 'field', nameEn: 'field', cel: aboutField(roll, field) }
      const definition = { ...given, conditions: [...given.conditions, asks] }
      const faults = checkRule(definition, forms)
      // The only thing the writer of random rules does not see to.
      if (faults.length > 0)
        return assert.ok(
          faults.every(({ code }) => code.startsWith('too_')),
          JSON.stringify([definition, faults]),
        )
      count('fine')
      count(`${field.of}.${field.name}`)
      const text = JSON.stringify(
        [definition.conditions, definition.components].flat().map((one) => Object.values(one)),
      )
      for (const [what, there] of Object.entries(language)) if (there.test(text)) count(`says ${what}`)
      const rule = readRule(definition, forms)
      // Deep inside the same rule is asked of the register as it was this very day, as it is believed now.
      const then = roll(fc.integer, { min: 0, max: 9 }) === 0
      if (then) count('of another day')
      for (const one of agree(rule, await ask(rule, then))) count(one)
      return undefined
    }),
    { numRuns: 200 },
  )
  for (const [what, least] of Object.entries({
    fine: 150,
    'of another day': 5,
    in: 60,
    out: 60,
    waiting: 60,
    amount: 20,
    unsure: 5,
    // Not vacuous: everything one can write was asked, and every field one can name.
    ...Object.fromEntries(Object.keys(language).map((one) => [`says ${one}`, 5])),
    ...Object.fromEntries(fields.map((one) => [`${one.of}.${one.name}`, 1])),
  }))
    assert.ok((seen.get(what) ?? 0) >= least, `${what}: ${JSON.stringify([...seen])}`)
  assert.ok((seen.get('fine') ?? 0) * facts.size >= 45_000, 'pairs of a rule and a family')
})

test('whatever is typed into a rule has faults at places of the text, or can be asked', async () => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(fc.gen(), async (roll) => {
      const given = randomRule(roll)
      const definition: RuleDefinition = {
        ...given,
        conditions: given.conditions.map((one) => ({ ...one, cel: mangled(roll, one.cel) })),
      }
      const faults = checkRule(definition, forms)
      for (const { at, from, to, code } of faults) {
        const text = definition.conditions[Number(/^conditions\[(\d)\]/.exec(at)?.[1])]?.cel
        if (text !== undefined) assert.ok(0 <= from && from <= to && to <= text.length, `${code} ${from} ${to} ${text}`)
        seen.set(code, (seen.get(code) ?? 0) + 1)
      }
      if (faults.length > 0) return
      seen.set('fine', (seen.get('fine') ?? 0) + 1)
      const rule = readRule(definition, forms)
      agree(rule, await ask(rule, false))
    }),
    { numRuns: 400 },
  )
  for (const what of ['fine', 'syntax', 'unknown_name', 'unknown_field', 'characters', 'not_supported'])
    assert.ok((seen.get(what) ?? 0) >= 3, `${what}: ${JSON.stringify([...seen])}`)
})
