import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import { forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { getRegion } from '#src/regions/index.ts'
import { figureWhere, withinRegion } from './list.ts'
import { allPlans, wordOf } from './plans.ts'
import { mayCount } from './policy.ts'
import { type Counts, figures, type Results } from './schema.ts'

type Asked = { region?: string; programme?: string; from?: string; to?: string }
type Row = Counts & { key: string }

/**
 * What became of services in a region: by programme with its outcomes, and by the regions beneath. Counted over the cases the reader may
 * see, by the very conditions of the list, so that each figure opens exactly its rows.
 */
export async function readResults(tx: Tx, actor: Actor, asked: Asked): Promise<Results> {
  if (!mayCount(actor)) throw forbidden('service.count')
  const code = asked.region ?? actor.regionCode
  if (!isWithin(code, actor.regionCode)) throw notFound('region')
  const { path: _path, timeZone, children: _children, ...region } = await getRegion(tx, code)
  const day = localDay(actor.at, timeZone)
  const to = asked.to ?? day
  const from = asked.from ?? `${to.slice(0, 4)}-01-01`
  if (from > to) throw invalid({ field: 'to', code: 'before_start' })
  const counts = sql.join(
    figures.map((one) => sql`count(*) filter (where ${figureWhere(one, from, to)})::int as ${sql.ref(one)}`),
  )
  const chosen = asked.programme ? sql`c.programme_code = ${asked.programme}` : sql`true`
  const source = sql`from service_case c join region r on r.code = c.region_code where ${withinRegion(code)} and ${chosen}`
  const programmes = await sql<Row>`select c.programme_code as key, ${counts} ${source} group by 1 order by 1`.execute(
    tx,
  )
  const outcomes = await sql<{ key: string; outcome: string; closes: string; n: number }>`
    select c.programme_code as key, c.outcome, c.state as closes, count(*)::int as n ${source}
      and c.outcome is not null and c.closed_on between ${from}::date and ${to}::date group by 1, 2, 3 order by 1, 4 desc, 2`.execute(
    tx,
  )
  // The regions beneath: codes grow by ".NN", villages by ".NNNN"; the nation's children are two digits.
  const width = code === '00' ? 2 : code.length === 8 ? 13 : code.length + 3
  const beneath =
    code.length > 8
      ? []
      : (
          await sql<Row & { name: string }>`
            select t.*, n.name from (select left(c.region_code, ${width}::int) as key, ${counts} ${source} and length(c.region_code) >= ${width}::int group by 1) t
            join region n on n.code = t.key order by n.name limit 600`.execute(tx)
        ).rows
  const rows = await Promise.all(
    programmes.rows.map(async (row) => {
      const plans = await allPlans(tx, row.key)
      const known = plans.flatMap((one) => one.definition.outcomes)
      return {
        programme: { code: row.key, name: plans[0]?.name ?? row.key },
        counts: countsOf(row),
        outcomes: outcomes.rows
          .filter((one) => one.key === row.key)
          .map((one) => ({
            ...wordOf(known, one.outcome),
            closes: one.closes,
            count: one.n,
          })),
      }
    }),
  )
  return {
    region,
    from,
    to,
    total: sum(programmes.rows),
    programmes: rows.sort(
      (a, b) => b.counts.applied - a.counts.applied || a.programme.name.localeCompare(b.programme.name, 'id'),
    ),
    children: beneath.map((row) => ({ region: { code: row.key, name: row.name }, counts: countsOf(row) })),
  }
}

const countsOf = (row: Counts): Counts => ({
  applied: row.applied,
  started: row.started,
  running: row.running,
  overdue: row.overdue,
  finished: row.finished,
  stopped: row.stopped,
  rejected: row.rejected,
})
const none: Counts = { applied: 0, started: 0, running: 0, overdue: 0, finished: 0, stopped: 0, rejected: 0 }
const sum = (rows: readonly Counts[]): Counts =>
  rows.reduce(
    (all, one) => {
      for (const key of figures) all[key] += one[key]
      return all
    },
    { ...none },
  )
