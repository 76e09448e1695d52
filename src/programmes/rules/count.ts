import { sql } from 'kysely'
import { localDay } from '#src/platform/calendar/index.ts'
import { type Actor, type Db, isWithin, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice, questionnairesOn, registerTerm } from '#src/people/register/index.ts'
import { registerThen } from './as-of.ts'
import { checkRule, readRule } from './read-rule.ts'
import type { RuleCount, RuleCountAsked } from './schema.ts'

/** A count is looked at while a rule is written: who waits longer than this asks about a smaller region. */
const SECONDS = 25

/**
 * How many families of a region a rule would let in, as of a day: counted past row security, for it may ask about health, so only counts come
 * back, and of such a rule no small ones. That it was asked is recorded. Throws 404 for a region outside the actor's, 403 for who does not
 * work in a social office, 400 for faults of the rule, 409 `count_too_long`.
 */
export async function countRule(db: Db, actor: Actor, asked: RuleCountAsked): Promise<RuleCount> {
  const { definition, regionCode } = asked
  // A region outside one's own is as unknown as one that does not exist.
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (actor.role !== 'auditor' && !inSocialOffice(actor)) throw forbidden('rules.count')
  const today = localDay(actor.at, 'Asia/Jakarta')
  const asOf = asked.asOf ?? today
  if (asOf > today) throw invalid({ field: 'asOf', code: 'future' })
  try {
    return await db.as(actor, async (tx) => {
      const forms = await questionnairesOn(tx, asOf)
      const [fault] = checkRule(definition, forms)
      if (fault) throw invalid({ field: `definition.${fault.at}`, code: 'rule_faulty' })
      const rule = readRule(definition, forms)
      const { rows: places } = await sql<{ name: string }>`select name from region where code = ${regionCode}`.execute(
        tx,
      )
      if (!places[0]) throw notFound('region')
      await sql`select record_act('count', 'rule', ${regionCode}, ${regionCode},
        ${JSON.stringify({ asOf, conditions: definition.conditions.map(({ cel }) => cel) })}::jsonb, 'hitungan saat menulis aturan')`.execute(
        tx,
      )
      const smallest = rule.sealed ? (await registerTerm(tx, 'smallest_shown', today)).amount : 0
      return withinAsSystem(tx, 'counting what a rule would come to', async (system) => {
        await sql.raw(`set local statement_timeout = '${SECONDS}s'`).execute(system)
        const range = { asOf, from: regionCode === '00' ? '00' : regionCode, to: scopeEnd(regionCode) }
        const tables =
          asOf === today ? 'now' : await registerThen(system, { ...range, knownAt: actor.at }, rule.columns)
        const row = await counted(system, definition.conditions.length, rule.select({ ...range, tables }))
        await sql.raw('set local statement_timeout = 0').execute(system)
        return presented(row, definition.conditions, { asOf, regionCode, smallest })
      })
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === '57014') throw conflict('count_too_long', { seconds: SECONDS })
    throw error
  }
}

type Row = {
  considered: number
  in: number
  out: number
  waiting: number
  amount: number
  failed: number[]
  missing: number[]
  only: number[]
}

async function counted(
  tx: Tx,
  conditions: number,
  select: ReturnType<ReturnType<typeof readRule>['select']>,
): Promise<Row> {
  const each = (of: (bit: number) => string) =>
    sql.raw(
      `array[${Array.from({ length: conditions }, (_, at) => `count(*) filter (where ${of(2 ** at)})`).join(', ')}]::int[]`,
    )
  const { rows } = await sql<Row>`
    select count(*)::int as considered, (count(*) filter (where outcome = 'in'))::int as "in", (count(*) filter (where outcome = 'out'))::int as "out",
      (count(*) filter (where outcome = 'waiting'))::int as waiting, coalesce(sum(amount), 0)::bigint as amount,
      ${each((bit) => `failed & ${bit} <> 0`)} as failed, ${each((bit) => `missing & ${bit} <> 0`)} as missing,
      ${each((bit) => `failed = ${bit} and missing = 0`)} as only
    from (${select}) s`.execute(tx)
  return rows[0] ?? { considered: 0, in: 0, out: 0, waiting: 0, amount: 0, failed: [], missing: [], only: [] }
}

function presented(
  row: Row,
  conditions: RuleCountAsked['definition']['conditions'],
  { asOf, regionCode, smallest }: { asOf: string; regionCode: string; smallest: number },
): RuleCount {
  const small = (...counts: number[]) => counts.some((count) => count > 0 && count < smallest)
  // Three counts that add up to a shown one: none of them, where one is small.
  const hidden = small(row.in, row.out, row.waiting)
  const shown = (count: number) => (hidden ? null : count)
  return {
    asOf,
    regionCode,
    considered: row.considered,
    in: shown(row.in),
    out: shown(row.out),
    waiting: shown(row.waiting),
    amount: shown(row.amount),
    smallestShown: smallest,
    conditions: conditions.map(({ code, name, nameEn }, at) => {
      const [failed = 0, missing = 0, only = 0] = [row.failed[at], row.missing[at], row.only[at]]
      const hide = hidden || small(failed, missing, row.considered - failed - missing)
      const alone = hide || small(only, failed - only, row.in + only) ? null : only
      return { code, name, nameEn, failed: hide ? null : failed, missing: hide ? null : missing, only: alone }
    }),
  }
}
