import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql as raw } from 'kysely'
import { testDatabase } from '#test/support/postgres.ts'
import { frozenFacts } from '../determination/freeze.ts'
import { registerThen } from './as-of.ts'
import type { RuleDefinition } from './definition.ts'
import { readRule } from './read-rule.ts'

/* What families receive is told again and again: delivered, ended, taken back, moved with a merge. What was believed at a moment stays. */

const VILLAGE = '32.75.01.1002'
const AS_OF = '2026-11-20'
const clock = { now: new Date('2026-11-21T00:00:00Z') }
const { db, sql } = await testDatabase({ clock: () => clock.now })
const families = Array.from({ length: 4 }, () => randomUUID())
for (const id of families)
  await sql(
    `insert into family (id, region_code, status, valid_from, known_from, last_seq, decile) values ($1, $2, 'active', '2026-01-01', '2026-01-01', 1, 1)`,
    [id, VILLAGE],
  )

const definition: RuleDefinition = {
  conditions: [
    { code: 'pkh', name: 'x', nameEn: 'x', cel: "'PKH' in family.programmes" },
    { code: 'few', name: 'x', nameEn: 'x', cel: 'size(family.programmes) <= 1' },
    { code: 'each', name: 'x', nameEn: 'x', cel: "family.programmes.all(p, p != 'BST')" },
  ],
  components: [],
  limits: {},
  ranking: [],
}
const rule = readRule(definition, [])
const range = { asOf: AS_OF, from: '32.75', to: '32.75~' }

/** What a list of another day would be decided on, as it was believed at a moment. */
const believed = (knownAt: Date) =>
  db.asSystem('what was believed', async (tx) => {
    const source = { ...range, tables: await registerThen(tx, { ...range, knownAt }) }
    const decided = await raw`select family_id, outcome, failed from (${rule.select(source)}) s order by 1`.execute(tx)
    const frozen = await raw<{ facts: { family: { programmes: string[] } } }>`
      select family_id, facts from (${frozenFacts(source, raw`(select id as family_id from family)`)}) s order by 1`.execute(
      tx,
    )
    return { decided: decided.rows, programmes: frozen.rows.map(({ facts }) => facts.family.programmes) }
  })

const act = fc.record({
  what: fc.constantFrom('told', 'told', 'delivered', 'ended', 'taken back', 'merged'),
  at: fc.nat(3),
  programme: fc.constantFrom('PKH', 'PKH', 'BST', 'SEMBAKO'),
})

test('what a rule comes to, as known at a moment, stays the same whatever is told of assistance later', async () => {
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 8 }), async (acts) => {
      const answers: { at: Date; answer: Awaited<ReturnType<typeof believed>> }[] = []
      for (const { what, at, programme } of acts) {
        clock.now = new Date(clock.now.getTime() + 60_000)
        await db.asSystem('told', async (tx) => {
          const mine = raw`family_id = ${families[at] ?? ''} and programme_code = ${programme}`
          const other = families[(at + 1) % 4]
          if (what === 'told')
            await raw`insert into assistance (family_id, id, region_code, programme_code, period_from, source)
              values (${families[at] ?? ''}, ${randomUUID()}, ${VILLAGE}, ${programme}, '2026-01-01', 'import') on conflict do nothing`.execute(
              tx,
            )
          else if (what === 'delivered')
            await raw`update assistance set source = 'distribution', received_on = '2026-11-19' where ${mine}`.execute(
              tx,
            )
          else if (what === 'ended') await raw`update assistance set period_to = '2026-10-31' where ${mine}`.execute(tx)
          else if (what === 'taken back') await raw`delete from assistance where ${mine}`.execute(tx)
          else
            await raw`update assistance a set family_id = ${other} where ${mine}
              and not exists (select from assistance o where o.family_id = ${other} and o.programme_code = a.programme_code)`.execute(
              tx,
            )
        })
        clock.now = new Date(clock.now.getTime() + 60_000)
        const answer = await believed(clock.now)
        answers.push({ at: clock.now, answer })
        seen.add(JSON.stringify(answer))
      }
      for (const { at, answer } of answers) assert.deepEqual(await believed(at), answer)
    }),
    { numRuns: 12 },
  )
  assert.ok(seen.size > 8, 'and it does change')
})
