import { sql } from 'kysely'
import { type Actor, isWithin, type Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { getRound, presentBrief, rangeOf, type RoundRow } from '../rounds/round.ts'
import type { UndeliveredReason, Way } from '../rounds/schema.ts'
import { actsOnReconciliation } from './policy.ts'
import type { Difference, Differences, DifferencesQuery, Reconciliation, Sums, VillageSums } from './schema.ts'

/** Whether something came in after the reconciliation was worked out. As the system: it is about the whole round. */
export async function isStale(tx: Tx, roundId: string): Promise<boolean> {
  const { rows } = await sql<{ stale: boolean }>`
    select exists (select from redemption d where d.round_id = ${roundId} and d.recorded_at > r.made_at)
      or exists (select from payment_result p where p.round_id = ${roundId} and p.imported_at > r.made_at)
      or exists (select from delivery_question q where q.round_id = ${roundId} and q.answered_at > r.made_at)
      or exists (select from redemption_conflict c join distribution_round o on o.id = r.round_id and o.determination_id = c.determination_id
        join redemption d on d.round_id = r.round_id and d.family_id = c.family_id and d.outcome = 'received' where c.opened_at > r.made_at)
      or (s.total, s.delivered, s.undelivered, s.cancelled, s.given) is distinct from (c.total, c.delivered, c.undelivered, c.cancelled, c.given) as stale
    from round_reconciliation r
    left join reconciliation_sum s on s.round_id = r.round_id and s.dimension = 'all'
    left join distribution_count c on c.round_id = r.round_id and c.dimension = 'all'
    where r.round_id = ${roundId} and r.state = 'made'`.execute(tx)
  return rows[0]?.stale ?? false
}

/** Until when what was done without a line may still come in; null for a round that runs, or when that is over. */
export async function lateUntil(tx: Tx, round: Pick<RoundRow, 'state' | 'closed_at'>): Promise<Date | null> {
  if (round.state !== 'closed' || !round.closed_at) return null
  const { rows } = await sql<{ until: Date; over: boolean }>`
    select u.until, u.until <= acting_now() as over from (
      select ${round.closed_at}::timestamptz + make_interval(days => amount) as until from register_term
      where key = 'handing_over_late' and valid_from <= acting_now()::date order by valid_from desc limit 1) u`.execute(
    tx,
  )
  const [row] = rows
  return row && !row.over ? row.until : null
}

type SumRow = Sums & { dimension: 'all' | 'way' | 'reason'; key: string }
const sumsOf = ({ total, delivered, undelivered, open, cancelled, planned, given }: Sums): Sums => ({
  total,
  delivered,
  undelivered,
  open,
  cancelled,
  planned,
  given,
})

/** The reconciliation of a round as its page shows it: sums of the whole round, differences of the reader's region. */
export async function readReconciliation(tx: Tx, actor: Actor, roundId: string): Promise<Reconciliation> {
  const round = await getRound(tx, actor, roundId)
  const { rows } = await sql<{
    state: 'queued' | 'made' | 'settled'
    made_at: Date | null
    settled_at: Date | null
    settled_by: string | null
    listed: number
    held_elsewhere: number
    withdrawn: number
    missing: number
  }>`select r.state, r.made_at, r.settled_at, c.name as settled_by, r.listed, r.held_elsewhere, r.withdrawn, r.missing
    from round_reconciliation r left join ending_people(${roundId}) c on c.account_id = r.settled_by where r.round_id = ${roundId}`.execute(
    tx,
  )
  const { rows: sums } = await sql<SumRow>`
    select * from reconciliation_sum where round_id = ${roundId} and dimension <> 'village' order by dimension, total desc, key`.execute(
    tx,
  )
  const { rows: kinds } = await sql<Reconciliation['differences'][number]>`
    select kind, count(*) filter (where state = 'open')::int as open, count(*) filter (where state = 'explained')::int as explained,
      count(*) filter (where state = 'gone')::int as gone
    from reconciliation_difference where round_id = ${roundId} group by kind order by kind`.execute(tx)
  const held = rows[0]
  const state = held?.state ?? (round.state === 'closed' ? 'queued' : 'not_yet')
  const stale =
    state === 'made' &&
    (await withinAsSystem(tx, 'distribution: is a reconciliation stale', (within) => isStale(within, roundId)))
  const all = sums.find((one) => one.dimension === 'all')
  return {
    round: presentBrief(round),
    state,
    madeAt: held?.made_at?.toISOString() ?? null,
    settledAt: held?.settled_at?.toISOString() ?? null,
    settledBy: held?.settled_by ?? null,
    lateUntil: (await lateUntil(tx, round))?.toISOString() ?? null,
    stale,
    listed: held?.listed ?? 0,
    heldElsewhere: held?.held_elsewhere ?? 0,
    withdrawn: held?.withdrawn ?? 0,
    missing: held?.missing ?? 0,
    all: all ? sumsOf(all) : null,
    ways: sums.filter((one) => one.dimension === 'way').map((one) => ({ way: one.key as Way, ...sumsOf(one) })),
    reasons: sums
      .filter((one) => one.dimension === 'reason')
      .map((one) => {
        const [kind, reason] = one.key.split(':')
        return {
          state: kind as 'undelivered' | 'cancelled',
          reason: reason as UndeliveredReason,
          count: one.total,
          planned: one.planned,
        }
      }),
    differences: kinds,
    can: actsOnReconciliation(actor, {
      roundState: round.state,
      region: round.region_code,
      state,
      stale,
      open: kinds.reduce((total, one) => total + one.open, 0),
    }),
  }
}

/** Sums by village, a hundred at a time. */
export async function readVillageSums(
  tx: Tx,
  actor: Actor,
  roundId: string,
  query: { after?: string | undefined; region?: string | undefined },
): Promise<VillageSums> {
  const most = 100
  await getRound(tx, actor, roundId)
  const region = query.region ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw notFound('region')
  const [from, to] = rangeOf(region)
  const { rows } = await sql<Sums & { key: string; name: string }>`
    select s.*, r.name from reconciliation_sum s join region r on r.code = s.key
    where s.round_id = ${roundId} and s.dimension = 'village' and s.key >= ${from} and s.key < ${to} and s.key > ${query.after ?? ''}
    order by s.key limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  return {
    items: shown.map((row) => ({ code: row.key, name: row.name, ...sumsOf(row) })),
    next: rows.length > most ? (shown.at(-1)?.key ?? null) : null,
  }
}

type Row = {
  kind: Difference['kind']
  key: string
  region_code: string
  village: string
  family_id: string | null
  payee_name: string | null
  planned: number | null
  found: number | null
  detail: { item?: string; items?: { item: string }[] }
  state: Difference['state']
  reason: UndeliveredReason | null
  note: string | null
  explained_by: string | null
  explained_at: Date | null
  found_at: Date
  short_reason: Difference['shortReason']
  handover_note: string | null
}

const differences = (roundId: string) => sql`
    select d.kind, d.key, d.region_code, r.name as village, d.family_id, coalesce(e.payee_name, n.payee_name) as payee_name, d.planned, d.found, d.detail,
      d.state, d.reason, d.note, c.name as explained_by, d.explained_at, d.found_at, h.short_reason, h.note as handover_note
    from reconciliation_difference d join region r on r.code = d.region_code join distribution_round o on o.id = d.round_id
    left join round_entitlement e on e.round_id = d.round_id and e.family_id = d.family_id
    left join redemption h on d.kind in ('amount', 'goods') and h.id = e.redemption_id
    left join entitlement n on d.kind = 'missing' and n.determination_id = o.determination_id and n.family_id = d.family_id
    left join ending_people(${roundId}) c on c.account_id = d.explained_by`

const present = (row: Row): Difference => ({
  kind: row.kind,
  key: row.key,
  village: { code: row.region_code, name: row.village },
  familyId: row.family_id,
  payeeName: row.payee_name,
  planned: row.planned,
  found: row.found,
  item: row.detail.item ?? row.detail.items?.map((one) => one.item).join(', ') ?? null,
  shortReason: row.short_reason,
  handoverNote: row.handover_note,
  state: row.state,
  reason: row.reason,
  note: row.note,
  explainedBy: row.explained_by,
  explainedAt: row.explained_at?.toISOString() ?? null,
  foundAt: row.found_at.toISOString(),
})

/** What does not agree about one family, whatever became of it. */
export async function differencesOf(tx: Tx, roundId: string, familyId: string): Promise<Difference[]> {
  const { rows } = await sql<Row>`${differences(roundId)}
    where d.round_id = ${roundId} and d.family_id = ${familyId} order by d.state = 'gone', d.kind`.execute(tx)
  return rows.map(present)
}

/** What does not agree in the reader's region, fifty at a time; names as the list of the round shows them. */
export async function listDifferences(
  tx: Tx,
  actor: Actor,
  roundId: string,
  query: DifferencesQuery,
): Promise<Differences> {
  const most = 50
  await getRound(tx, actor, roundId)
  const region = query.region ?? actor.regionCode
  if (!isWithin(region, actor.regionCode)) throw notFound('region')
  const [from, to] = rangeOf(region)
  const [village, kind, ...key] = query.after?.split('_') ?? []
  const { rows } = await sql<Row>`${differences(roundId)}
    where d.round_id = ${roundId} and d.region_code >= ${from} and d.region_code < ${to}
      and (${query.kind ?? null}::text is null or d.kind = ${query.kind ?? null})
      and d.state = any (${query.state ? [query.state] : ['open', 'explained']}::text[])
      and (${village ?? null}::text is null or (d.region_code, d.kind, d.key) > (${village ?? ''}, ${(kind ?? '').replaceAll('+', '_')}, ${key.join('_')}))
    order by d.region_code, d.kind, d.key limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  await sql`select record_act('list', 'round_reconciliation', ${roundId}, ${region}, ${JSON.stringify({ rows: shown.length })}::jsonb, null)`.execute(
    tx,
  )
  return {
    items: shown.map(present),
    next: rows.length > most && last ? `${last.region_code}_${last.kind.replaceAll('_', '+')}_${last.key}` : null,
  }
}
