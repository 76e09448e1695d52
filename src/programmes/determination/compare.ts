import { type RawBuilder, sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { findList, getMade, type ListRow } from './list.ts'
import { inRegion, maskedHeads, regionWithin, type Shown } from './results.ts'
import type { Comparison, ComparisonPage, ComparisonQuery, Leaving, Reason } from './schema.ts'
import { reasonSentences } from './words.ts'

/*
 * Beside the last approved list of the same programme and region. Who is compared are the families one sees; a family that moved out of one's region
 * stands among those who left.
 */

const why = sql`case
  when n.reason is not null then n.reason
  -- moved to where the reader does not see them
  when f.id is null then 'moved'
  when f.status = 'active' and f.region_code <> r.region_code then 'moved'
  when f.status = 'moved_out' then 'moved'
  when f.status in ('dissolved', 'graduated', 'not_found', 'merged') then f.status
  else 'not_considered' end`

/** Counts of who entered, left and stayed, and what the lists cost. */
export async function compareLists(tx: Tx, actor: Actor, id: string): Promise<Comparison> {
  const list = await getMade(tx, id)
  const former = list.former_id ? await findList(tx, list.former_id) : undefined
  const region = regionWithin(list, actor, undefined)
  if (!former) return nothing(list)
  const { rows } = await sql<{
    stayed: number
    entered: number
    gone: number
    changed: number
    before: number
    now: number
  }>`
    with n as (select family_id, amount from determination_result r where determination_id = ${id} and outcome = 'in' and ${inRegion(region)}),
      b as (select family_id, amount from determination_result r where determination_id = ${former.id} and outcome = 'in' and ${inRegion(region)})
    select count(*) filter (where n.family_id is not null and b.family_id is not null) as stayed, count(*) filter (where b.family_id is null) as entered,
      count(*) filter (where n.family_id is null) as gone, count(*) filter (where n.amount <> b.amount) as changed,
      coalesce(sum(b.amount), 0)::bigint as before, coalesce(sum(n.amount), 0)::bigint as now
    from n full join b using (family_id)`.execute(tx)
  const left = await sql<{ why: Leaving; failed: number; count: number }>`
    select ${why} as why, coalesce(n.failed, 0) as failed, count(*) as count from determination_result r
    left join determination_result n on n.determination_id = ${id} and n.family_id = r.family_id left join family f on f.id = r.family_id
    where r.determination_id = ${former.id} and r.outcome = 'in' and ${inRegion(region)} and n.outcome is distinct from 'in' group by 1, 2`.execute(
    tx,
  )
  const all = rows[0]
  const leftBy = Map.groupBy(left.rows, (row) => row.why)
  const sum = (of: readonly { count: number }[]) => of.reduce((total, one) => total + one.count, 0)
  return {
    former: { id: former.id, number: former.number, period: former.period },
    stayed: all?.stayed ?? 0,
    entered: all?.entered ?? 0,
    left: all?.gone ?? 0,
    changed: all?.changed ?? 0,
    amountBefore: all?.before ?? 0,
    amountNow: all?.now ?? 0,
    leftBy: [...leftBy].map(([one, of]) => ({ why: one, count: sum(of) })).toSorted((a, b) => b.count - a.count),
    leftByCondition: list.rule.conditions
      .map((one, at) => ({
        code: one.code,
        name: one.name,
        nameEn: one.nameEn,
        count: sum(left.rows.filter((row) => row.why === 'condition' && (row.failed & (1 << at)) !== 0)),
      }))
      .filter((one) => one.count > 0),
  }
}

const nothing = (list: ListRow): Comparison => {
  const totals = 'in' in list.totals ? list.totals : { in: 0, amount: 0 }
  return {
    former: null,
    stayed: 0,
    entered: totals.in,
    left: 0,
    changed: 0,
    amountBefore: 0,
    amountNow: totals.amount,
    leftBy: [],
    leftByCondition: [],
  }
}

type Row = {
  family_id: string
  region_code: string
  region_name: string
  why: Leaving | null
  reason: Reason | null
  failed: number
  missing: number
  rank: number | null
  before: number | null
  now: number | null
}

/** Who entered, left, or stayed with another amount, by place; names as on the list they are on. */
export async function comparedFamilies(
  tx: Tx,
  actor: Actor,
  id: string,
  query: ComparisonQuery,
  locale: Locale,
): Promise<ComparisonPage> {
  const list = await getMade(tx, id)
  if (!list.former_id) return { items: [], next: null }
  const region = regionWithin(list, actor, query.region)
  const most = query.limit ?? 50
  const [place, family] = query.after?.split('_') ?? []
  const after = place && family ? sql`(r.region_code, r.family_id) > (${place}, ${family}::uuid)` : sql`true`
  // The side a family is read from is the list it stands on.
  const [own, other] = query.change === 'left' ? [list.former_id, id] : [id, list.former_id]
  const which = {
    entered: sql`n.outcome is distinct from 'in'`,
    left: sql`n.outcome is distinct from 'in'`,
    stayed: sql`n.outcome = 'in'`,
    changed: sql`n.outcome = 'in' and n.amount <> r.amount`,
  }[query.change]
  const because = query.change === 'left' ? leftBecause(list, query) : sql`true`
  const { rows } = await sql<Row>`
    select r.family_id, r.region_code, g.name as region_name, ${query.change === 'left' ? why : sql`null`} as why, n.reason, coalesce(n.failed, 0) as failed,
      coalesce(n.missing, 0) as missing, n.rank,
      ${query.change === 'left' ? sql`r.amount` : sql`case when n.outcome = 'in' then n.amount end`} as before,
      ${query.change === 'left' ? sql`null::bigint` : sql`r.amount`} as now
    from determination_result r left join determination_result n on n.determination_id = ${other} and n.family_id = r.family_id
    left join family f on f.id = r.family_id join region g on g.code = r.region_code
    where r.determination_id = ${own} and r.outcome = 'in' and ${inRegion(region)} and ${which} and ${because} and ${after}
    order by r.region_code, r.family_id limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  const names = await namesOn(tx, own, shown)
  await sql`select record_act('list', 'determination', ${id}, ${list.region_code}, ${JSON.stringify({ change: query.change, rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: shown.map((row) => ({
      familyId: row.family_id,
      region: { code: row.region_code, name: row.region_name },
      headName: names.get(row.family_id) ?? null,
      why: row.why,
      sentences: row.why === null ? [] : sentencesOf(row, row.why, list, locale),
      amountBefore: row.before,
      amountNow: row.now,
    })),
    next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}

/** The filters of those who left, as their counts are made. */
function leftBecause(list: ListRow, query: ComparisonQuery): RawBuilder<boolean> {
  if (query.condition !== undefined) {
    const at = list.rule.conditions.findIndex((one) => one.code === query.condition)
    if (at < 0) throw invalid({ field: 'condition', code: 'unknown' })
    return sql`n.reason = 'condition' and n.failed & ${1 << at} <> 0`
  }
  return query.why === undefined ? sql`true` : sql`${why} = ${query.why}`
}

const sentencesOf = (row: Row, why: Leaving, list: ListRow, locale: Locale): string[] =>
  row.reason === null
    ? [sentence(`determination_left_${why}`, locale)]
    : reasonSentences({ ...row, reason: row.reason }, list.rule, locale)

async function namesOn(tx: Tx, id: string, rows: readonly Row[]): Promise<Map<string, string | null>> {
  const ids = rows.map((row) => row.family_id)
  const { rows: shown } = await sql<{ family_id: string; shown: Shown }>`
    select family_id, shown from determination_shown(${id}, ${ids}::uuid[])`.execute(tx)
  const names = new Map<string, string | null>(shown.map((row) => [row.family_id, row.shown.headName ?? null]))
  for (const [family, name] of await maskedHeads(tx, ids)) if (!names.has(family)) names.set(family, name)
  return names
}
