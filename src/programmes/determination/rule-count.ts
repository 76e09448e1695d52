import { type RawBuilder, sql } from 'kysely'
import { type Actor, type Db, isWithin, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice, questionnairesOn } from '#src/people/register/index.ts'
import { today } from '../catalogue/versions.ts'
import { checkRule, readRule, registerThen, type RuleRow } from '../rules/index.ts'
import type { RuleCount, RuleCountAsked, RuleFigure } from './schema.ts'
import { determinationTerm } from './term.ts'

/** A rule asked about a region: `select` gives a row for each of its active families. */
export type AskedRule = {
  select: RawBuilder<RuleRow>
  definition: RuleCountAsked['definition']
  asOf: string
  regionCode: string
  /** It looks at health: nobody is shown, and no small count. */
  hidden: boolean
}

/**
 * Which families a figure of a count counts; `bit`: the condition it is about. What is counted and what is listed are the same rows by this alone.
 */
export const ofFigure: Readonly<Record<RuleFigure, (bit: number) => RawBuilder<boolean>>> = {
  in: () => sql`outcome = 'in'`,
  out: () => sql`outcome = 'out'`,
  waiting: () => sql`outcome = 'waiting'`,
  failed: (bit) => sql`failed & ${sql.lit(bit)} <> 0`,
  missing: (bit) => sql`missing & ${sql.lit(bit)} <> 0`,
  only: (bit) => sql`failed = ${sql.lit(bit)} and missing = 0`,
}

/**
 * Asks a rule as it stands in the editor about a region, past row security, for it may look at health; `tell` gives away only what may be told.
 * That it was asked is recorded as `noted`. Throws 404 for a region outside the actor's, 403 for who does not work in a social office, 400 for
 * faults of the rule, 409 `count_too_long` where it takes longer than its term.
 */
export async function askRule<T>(
  db: Db,
  actor: Actor,
  asked: RuleCountAsked,
  noted: { act: 'count' | 'list'; detail?: object; reason: string },
  tell: (tx: Tx, asked: AskedRule) => Promise<T>,
): Promise<T> {
  const { definition, regionCode } = asked
  // A region outside one's own is as unknown as one that does not exist.
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (actor.role !== 'auditor' && !inSocialOffice(actor)) throw forbidden('rules.count')
  const asOf = asked.asOf ?? today(actor.at)
  if (asOf > today(actor.at)) throw invalid({ field: 'asOf', code: 'future' })
  let seconds = 0
  try {
    return await db.as(actor, async (tx) => {
      const forms = await questionnairesOn(tx, asOf)
      const [fault] = checkRule(definition, forms)
      if (fault) throw invalid({ field: `definition.${fault.at}`, code: 'rule_faulty' })
      const rule = readRule(definition, forms)
      const region = await tx.selectFrom('region').select('code').where('code', '=', regionCode).executeTakeFirst()
      if (!region) throw notFound('region')
      const detail = { asOf, conditions: definition.conditions.map(({ cel }) => cel), ...noted.detail }
      await sql`select record_act(${noted.act}, 'rule', ${regionCode}, ${regionCode}, ${JSON.stringify(detail)}::jsonb, ${noted.reason})`.execute(
        tx,
      )
      seconds = await determinationTerm(tx, 'rule_count', actor.at)
      return withinAsSystem(tx, 'counting what a rule would come to', async (system) => {
        await sql.raw(`set local statement_timeout = '${seconds}s'`).execute(system)
        const range = { asOf, from: regionCode, to: scopeEnd(regionCode) }
        const tables =
          asOf === today(actor.at) ? 'now' : await registerThen(system, { ...range, knownAt: actor.at }, rule.columns)
        const select = rule.select({ ...range, tables })
        const answer = await tell(system, { select, definition, asOf, regionCode, hidden: rule.sealed })
        await sql.raw('set local statement_timeout = 0').execute(system)
        return answer
      })
    })
  } catch (error) {
    if ((error as { code?: unknown }).code === '57014') throw conflict('count_too_long', { seconds })
    throw error
  }
}

/** How many families of a region a rule would let in, as of a day, and why the others are not; of a rule about health no small counts. */
export const countRule = (db: Db, actor: Actor, asked: RuleCountAsked): Promise<RuleCount> =>
  askRule(db, actor, asked, { act: 'count', reason: 'hitungan saat menulis aturan' }, async (tx, found) => {
    const row = await counted(tx, found)
    return presented(row, found, found.hidden ? await determinationTerm(tx, 'smallest_shown', actor.at) : 0)
  })

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

async function counted(tx: Tx, { select, definition }: AskedRule): Promise<Row> {
  const count = (figure: RuleFigure, bit = 0) => sql`count(*) filter (where ${ofFigure[figure](bit)})`
  const each = (figure: RuleFigure) =>
    sql`array[${sql.join(definition.conditions.map((_, at) => count(figure, 1 << at)))}]::int[]`
  const { rows } = await sql<Row>`
    select count(*)::int as considered, (${count('in')})::int as "in", (${count('out')})::int as "out", (${count('waiting')})::int as waiting,
      coalesce(sum(amount), 0)::bigint as amount, ${each('failed')} as failed, ${each('missing')} as missing, ${each('only')} as only
    from (${select}) s`.execute(tx)
  return rows[0] ?? { considered: 0, in: 0, out: 0, waiting: 0, amount: 0, failed: [], missing: [], only: [] }
}

function presented(row: Row, { definition, asOf, regionCode, hidden }: AskedRule, smallest: number): RuleCount {
  const small = (...counts: number[]) => counts.some((count) => count > 0 && count < smallest)
  // Three counts that add up to a shown one: none of them, where one is small.
  const few = small(row.in, row.out, row.waiting)
  const shown = (count: number) => (few ? null : count)
  return {
    asOf,
    regionCode,
    considered: row.considered,
    in: shown(row.in),
    out: shown(row.out),
    waiting: shown(row.waiting),
    amount: shown(row.amount),
    hidden,
    smallestShown: smallest,
    conditions: definition.conditions.map(({ code, name, nameEn }, at) => {
      const [failed = 0, missing = 0, only = 0] = [row.failed[at], row.missing[at], row.only[at]]
      const hide = few || small(failed, missing, row.considered - failed - missing)
      const alone = hide || small(only, failed - only, row.in + only) ? null : only
      return { code, name, nameEn, failed: hide ? null : failed, missing: hide ? null : missing, only: alone }
    }),
  }
}
