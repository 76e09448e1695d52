import { type RawBuilder, sql } from 'kysely'
import { type Actor, isWithin, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { maskName } from '#src/people/index.ts'
import { getMade, type ListRow } from './list.ts'
import type { Outcome, Reason, RegionCounts, ResultRow, Results, ResultsQuery, Suspicion } from './schema.ts'
import { addUp, type CountRow } from './totals.ts'
import { codesOf, reasonSentences } from './words.ts'

export type Shown = {
  headName?: string
  payeeName?: string
  payeeId?: string
  address?: string
  rt?: string
  rw?: string
  nik?: string
  kkNumber?: string
}
type Row = {
  family_id: string
  region_code: string
  region_name: string
  outcome: Outcome
  reason: Reason
  failed: number
  missing: number
  rank: number | null
  amount: number
  persons: number
  suspicions: Suspicion[]
  hold_decision: 'hold' | 'keep' | null
  hold_reason: string | null
  hold_by: string | null
  hold_at: Date | null
}

/** A region of the list, as far as the actor sees it; the list's own where none is named. */
export function regionWithin(list: ListRow, actor: Actor, asked: string | undefined): string {
  const own = isWithin(actor.regionCode, list.region_code) ? actor.regionCode : list.region_code
  const region = asked ?? own
  if (!isWithin(region, list.region_code) || !isWithin(region, actor.regionCode)) throw notFound('region')
  return region
}

export const inRegion = (region: string): RawBuilder<boolean> =>
  sql`r.region_code >= ${region === '00' ? '00' : region} and r.region_code < ${scopeEnd(region)}`

/** What the filters leave; `name` is looked up first, so that a plan never reads every name for every row. */
export function filtered(
  actor: Actor,
  list: ListRow,
  query: Pick<ResultsQuery, 'outcome' | 'reason' | 'condition' | 'hold' | 'region' | 'name'>,
): RawBuilder<boolean> {
  const region = regionWithin(list, actor, query.region)
  const parts = [sql`r.determination_id = ${list.id}`, inRegion(region)]
  if (query.outcome) parts.push(sql`r.outcome = ${query.outcome}`)
  if (query.reason) parts.push(sql`r.reason = ${query.reason}`)
  if (query.condition !== undefined) {
    const at = list.rule.conditions.findIndex((one) => one.code === query.condition)
    if (at < 0) throw invalid({ field: 'condition', code: 'unknown' })
    parts.push(sql`(r.failed | r.missing) & ${1 << at} <> 0`)
  }
  if (query.hold)
    parts.push(sql`exists (select from determination_hold d where d.determination_id = r.determination_id and d.family_id = r.family_id
      and d.decision = ${query.hold})`)
  if (query.name !== undefined) {
    if (region.length < 5) throw invalid({ field: 'region', code: 'determination_region_needed' })
    const named = sql`determination_named(${list.id}, ${region}, ${scopeEnd(region)}, ${query.name.trim()})`
    parts.push(sql`r.family_id = any (array(select family_id from ${named}))`)
  }
  return sql`${sql.join(parts, sql` and `)}`
}

const columns = sql`r.family_id, r.region_code, g.name as region_name, r.outcome, r.reason, r.failed, r.missing, r.rank, r.amount, r.persons,
  array(select s.kind from determination_suspect s where s.determination_id = r.determination_id and s.family_id = r.family_id and s.kind <> 'excluded' order by s.kind)
    as suspicions,
  h.decision as hold_decision, h.reason as hold_reason, h.decided_at as hold_at,
  (select n.name from determination_people(r.determination_id) n where n.account_id = h.decided_by) as hold_by`
const joins = sql`join region g on g.code = r.region_code
  left join determination_hold h on h.determination_id = r.determination_id and h.family_id = r.family_id`

/** Families of a list, a page at a time. Names of those in and waiting as on the annex, of the others masked. */
export async function listResults(
  tx: Tx,
  actor: Actor,
  id: string,
  query: ResultsQuery,
  locale: Locale,
): Promise<Results> {
  const list = await getMade(tx, id)
  const where = filtered(actor, list, query)
  const most = query.limit ?? 50
  const page = pageOf(query.sort ?? 'place', query.after)
  const { rows } = await sql<Row>`
    with r as (select * from determination_result r where ${where} and ${page.after} order by ${page.order} limit ${most + 1})
    select ${columns} from r ${joins} order by ${page.order}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'determination', ${id}, ${list.region_code}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: await presentRows(tx, list, shown, locale),
    next: rows.length > most && last ? page.mark(last) : null,
  }
}

/** One family of a list. */
export async function findResult(tx: Tx, list: ListRow, familyId: string, locale: Locale): Promise<ResultRow> {
  const { rows } = await sql<Row>`
    select ${columns} from determination_result r ${joins} where r.determination_id = ${list.id} and r.family_id = ${familyId}`.execute(
    tx,
  )
  const [row] = await presentRows(tx, list, rows, locale)
  if (!row) throw notFound('family')
  return row
}

/** The same for families chosen otherwise, in the order given. */
export async function resultsOf(
  tx: Tx,
  list: ListRow,
  families: readonly string[],
  locale: Locale,
): Promise<ResultRow[]> {
  const { rows } = await sql<Row>`
    select ${columns} from determination_result r ${joins} where r.determination_id = ${list.id} and r.family_id = any (${families}::uuid[])
    order by array_position(${families}::uuid[], r.family_id)`.execute(tx)
  return presentRows(tx, list, rows, locale)
}

type Page = { after: RawBuilder<boolean>; order: RawBuilder<unknown>; mark: (row: Row) => string }
/** Keyset: what was last on the page before, and how rows are ordered. */
function pageOf(sort: 'place' | 'rank' | 'amount', after: string | undefined): Page {
  const [key, family] = after === undefined ? [undefined, undefined] : after.split('_')
  if (after !== undefined && (!key || !family || !/^[0-9a-f-]{36}$/.test(family)))
    throw invalid({ field: 'after', code: 'invalid' })
  if (sort === 'place')
    return {
      after: key === undefined ? sql`true` : sql`(r.region_code, r.family_id) > (${key}, ${family}::uuid)`,
      order: sql`r.region_code, r.family_id`,
      mark: (row) => `${row.region_code}_${row.family_id}`,
    }
  if (key !== undefined && !/^[0-9]{1,16}$/.test(key)) throw invalid({ field: 'after', code: 'invalid' })
  // Who has no rank comes last; ranks are below two thousand million.
  if (sort === 'rank')
    return {
      after:
        key === undefined
          ? sql`true`
          : sql`(coalesce(r.rank, 2147483647), r.family_id) > (${key}::bigint, ${family}::uuid)`,
      order: sql`coalesce(r.rank, 2147483647), r.family_id`,
      mark: (row) => `${row.rank ?? 2147483647}_${row.family_id}`,
    }
  return {
    after: key === undefined ? sql`true` : sql`(-r.amount, r.family_id) > (${key}::bigint * -1, ${family}::uuid)`,
    order: sql`-r.amount, r.family_id`,
    mark: (row) => `${row.amount}_${row.family_id}`,
  }
}

async function presentRows(tx: Tx, list: ListRow, rows: readonly Row[], locale: Locale): Promise<ResultRow[]> {
  const names = await namesOf(tx, list.id, rows)
  return rows.map((row) => {
    const shown = names.get(row.family_id) ?? {}
    return {
      familyId: row.family_id,
      region: { code: row.region_code, name: row.region_name },
      headName: shown.headName ?? null,
      payeeName: shown.payeeName ?? null,
      address: shown.address ?? null,
      rt: shown.rt ?? null,
      rw: shown.rw ?? null,
      nik: shown.nik ?? null,
      outcome: row.outcome,
      reason: row.reason,
      sentences: reasonSentences(row, list.rule, locale),
      failed: codesOf(row.failed, list.rule),
      missing: codesOf(row.missing, list.rule),
      rank: row.rank,
      amount: row.amount,
      persons: row.persons,
      suspicions: row.suspicions,
      hold:
        row.hold_decision && row.hold_reason !== null && row.hold_at
          ? { decision: row.hold_decision, reason: row.hold_reason, by: row.hold_by, at: row.hold_at.toISOString() }
          : null,
    }
  })
}

/** Frozen with the list where it is frozen; else the head as the register has them now, masked. */
async function namesOf(tx: Tx, id: string, rows: readonly { family_id: string }[]): Promise<Map<string, Shown>> {
  const ids = rows.map((row) => row.family_id)
  const frozen = await sql<{ family_id: string; shown: Shown }>`
    select family_id, shown from determination_shown(${id}, ${ids}::uuid[])`.execute(tx)
  const names = new Map(frozen.rows.map((row) => [row.family_id, row.shown]))
  const missing = ids.filter((one) => !names.has(one))
  if (missing.length > 0)
    for (const [family, name] of await maskedHeads(tx, missing))
      names.set(family, name === null ? {} : { headName: name })
  return names
}

/** Heads of families as the register has them now, masked: 'S****** R*****'. */
export async function maskedHeads(tx: Tx, families: readonly string[]): Promise<Map<string, string | null>> {
  const { rows } = await sql<{ id: string; name: string | null }>`
    select f.id, p.name from family f left join person p on p.id = f.head_id where f.id = any (${families}::uuid[])`.execute(
    tx,
  )
  return new Map(rows.map((row) => [row.id, maskName(row.name)]))
}

/** Counts of the regions directly beneath one of the list's. */
export async function countRegions(tx: Tx, actor: Actor, id: string, asked: string | undefined): Promise<RegionCounts> {
  const list = await getMade(tx, id)
  const region = regionWithin(list, actor, asked)
  type Counted = CountRow & { code: string; name: string; kind: RegionCounts['region']['kind'] }
  const { rows } = await sql<Counted>`
    with k as (select left(r.region_code, ${widthBeneath(region)}::int) as code, outcome, reason, sum(families)::bigint as families,
        sum(persons)::bigint as persons, sum(amount)::bigint as amount
      from determination_count r where determination_id = ${id} and ${inRegion(region)} group by 1, 2, 3)
    select k.*, 0 as failed, 0 as missing, g.name, g.kind from k join region g on g.code = k.code order by k.code`.execute(
    tx,
  )
  const path = await pathOf(tx, list.region_code, region)
  return {
    region: path.at(-1) ?? { code: region, name: region, kind: 'negara' },
    path,
    children: [...Map.groupBy(rows, (row) => row.code)].map(([code, theirs]) => {
      const all = addUp(theirs, 0)
      const [first] = theirs
      return {
        region: { code, name: first?.name ?? code, kind: first?.kind ?? 'desa' },
        considered: all.considered,
        in: all.in,
        out: all.out,
        waiting: all.waiting,
        amount: all.amount,
        reasons: Object.entries(all.reasons).map(([reason, count]) => ({ reason: reason as Reason, count })),
      }
    }),
  }
}

/** How long the codes of the regions directly beneath one are. */
export const widthBeneath = (region: string): number =>
  region === '00' ? 2 : region.length === 2 ? 5 : region.length === 5 ? 8 : 13

/** From the region of the list down to one of its own. */
export async function pathOf(tx: Tx, from: string, to: string): Promise<RegionCounts['path']> {
  const codes = ['00', to.slice(0, 2), to.slice(0, 5), to.slice(0, 8), to].filter(
    (code, at, all) => isWithin(to, code) && isWithin(code, from) && all.indexOf(code) === at,
  )
  const { rows } = await sql<RegionCounts['region']>`
    select code, name, kind from region where code = any (${codes}) order by length(code), code = '00' desc`.execute(tx)
  return rows.toSorted((a, b) => Number(b.code === '00') - Number(a.code === '00') || a.code.length - b.code.length)
}
