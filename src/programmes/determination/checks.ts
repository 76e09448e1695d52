import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { getMade } from './list.ts'
import { inRegion, regionWithin, resultsOf } from './results.ts'
import { suspicions, type Checks, type ChecksQuery, type Reason, type Results, type Suspicion } from './schema.ts'

/** What should be looked at before a list is approved, as counts. */
export async function readChecks(tx: Tx, actor: Actor, id: string): Promise<Checks> {
  const list = await getMade(tx, id)
  const region = inRegion(regionWithin(list, actor, undefined))
  const inclusion = await sql<{ kind: Suspicion; count: number; open: number }>`
    select r.kind, count(*) as count, count(*) filter (where h.family_id is null) as open from determination_suspect r
    left join determination_hold h on h.determination_id = r.determination_id and h.family_id = r.family_id
    where r.determination_id = ${id} and r.kind <> 'excluded' and ${region} group by 1`.execute(tx)
  const exclusion = await sql<{ reason: Reason; count: number }>`
    select n.reason, count(*) as count from determination_suspect r join determination_result n on n.determination_id = r.determination_id
      and n.family_id = r.family_id where r.determination_id = ${id} and r.kind = 'excluded' and n.outcome <> 'in' and ${region} group by 1 order by 2 desc`.execute(
    tx,
  )
  const holds = await sql<{ decision: 'hold' | 'keep'; count: number }>`
    select decision, count(*) as count from determination_hold r where determination_id = ${id} and ${region} group by 1`.execute(
    tx,
  )
  const decided = (which: 'hold' | 'keep') => holds.rows.find((one) => one.decision === which)?.count ?? 0
  return {
    checkedAt: list.checked_at?.toISOString() ?? null,
    inclusion: suspicions.map((kind) => inclusion.rows.find((row) => row.kind === kind) ?? { kind, count: 0, open: 0 }),
    exclusion: exclusion.rows,
    exclusionTotal: exclusion.rows.reduce((all, one) => all + one.count, 0),
    held: decided('hold'),
    kept: decided('keep'),
  }
}

/** The families behind these counts, by place. */
export async function suspectedFamilies(
  tx: Tx,
  actor: Actor,
  id: string,
  query: ChecksQuery,
  locale: Locale,
): Promise<Results> {
  const list = await getMade(tx, id)
  const most = query.limit ?? 50
  const [place, family] = query.after?.split('_') ?? []
  const kind =
    query.side === 'exclusion'
      ? sql`r.kind = 'excluded'`
      : query.kind
        ? sql`r.kind = ${query.kind}`
        : sql`r.kind <> 'excluded'`
  const reason = query.side === 'exclusion' && query.reason ? sql`n.reason = ${query.reason}` : sql`true`
  const held = sql`select from determination_hold h where h.determination_id = r.determination_id and h.family_id = r.family_id`
  const { rows } = await sql<{ family_id: string; region_code: string }>`
    select distinct r.region_code, r.family_id from determination_suspect r
    ${query.side === 'exclusion' ? sql`join determination_result n on n.determination_id = r.determination_id and n.family_id = r.family_id and n.outcome <> 'in'` : sql``}
    where r.determination_id = ${id} and ${kind} and ${reason} and ${inRegion(regionWithin(list, actor, query.region))}
      and ${query.open ? sql`not exists (${held})` : sql`true`}
      and ${place && family ? sql`(r.region_code, r.family_id) > (${place}, ${family}::uuid)` : sql`true`}
    order by r.region_code, r.family_id limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'determination', ${id}, ${list.region_code}, ${JSON.stringify({ side: query.side, rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: await resultsOf(
      tx,
      list,
      shown.map((row) => row.family_id),
      locale,
    ),
    next: rows.length > most && last ? `${last.region_code}_${last.family_id}` : null,
  }
}
