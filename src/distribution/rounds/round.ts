import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { isWithin, scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import type { RegionKind } from '#src/regions/index.ts'
import { actsOn, authorizeLead } from './policy.ts'
import type {
  Goods,
  ListsToHandOut,
  NewRound,
  Progress,
  Round,
  RoundBrief,
  RoundState,
  UndeliveredReason,
  Way,
} from './schema.ts'

export type RoundRow = {
  id: string
  number: string
  determination_id: string
  programme_code: string
  programme_name: string
  period: string
  name: string
  region_code: string
  region_name: string
  region_kind: RegionKind
  time_zone: string
  way: Way
  goods: Goods
  opens_on: string
  closes_on: string
  state: RoundState
  work: 'preparing' | 'inviting' | null
  work_done: number
  invited_at: Date | null
  opened_at: Date | null
  closed_at: Date | null
  end_note: string | null
  version: number
}

export const columns = sql`d.id, d.number, d.determination_id, d.programme_code, p.name as programme_name, d.period, d.name, d.region_code,
  r.name as region_name, r.kind as region_kind, r.time_zone, d.way, d.goods, d.opens_on, d.closes_on, d.state, d.work, d.work_done,
  d.invited_at, d.opened_at, d.closed_at, d.end_note, d.version`
export const counted = sql`coalesce(k.total, 0) as total, coalesce(k.delivered, 0) as delivered, coalesce(k.undelivered, 0) as undelivered,
  coalesce(k.cancelled, 0) as cancelled, coalesce(k.invited, 0) as invited, coalesce(k.amount, 0) as amount, coalesce(k.given, 0) as given`

/** The range of codes of a region: from, and up to without. */
export const rangeOf = (regionCode: string): [from: string, to: string] => [regionCode, scopeEnd(regionCode)]

export const presentBrief = (row: RoundRow & Progress): RoundBrief => ({
  id: row.id,
  number: row.number,
  name: row.name,
  programmeCode: row.programme_code,
  programmeName: row.programme_name,
  period: row.period,
  region: { code: row.region_code, name: row.region_name, kind: row.region_kind },
  way: row.way,
  opensOn: row.opens_on,
  closesOn: row.closes_on,
  state: row.state,
  work: row.work,
  ...progressOf(row),
})

export const progressOf = (row: Progress): Progress => ({
  total: row.total,
  delivered: row.delivered,
  undelivered: row.undelivered,
  cancelled: row.cancelled,
  invited: row.invited,
  amount: row.amount,
  given: row.given,
})

/** Approved lists with somebody in the actor's region whom no round holds. */
export async function listsToHandOut(tx: Tx, actor: Actor): Promise<ListsToHandOut> {
  const [from, to] = rangeOf(actor.regionCode)
  const { rows } = await sql<{
    id: string
    number: string
    decree_number: string | null
    programme_code: string
    programme_name: string
    period: string
    code: string
    name: string
    kind: RegionKind
    families: number
    amount: number
    goods: Goods
    ways: string[]
  }>`
    select d.id, d.number, d.decree_number, d.programme_code, p.name as programme_name, d.period, r.code, r.name, r.kind, e.families, e.amount,
      v.goods, v.delivery as ways
    from determination d join programme p on p.code = d.programme_code join region r on r.code = d.region_code
    join programme_version v on v.programme_code = d.programme_code and v.version = d.version
    cross join lateral (
      select count(*)::int as families, coalesce(sum(n.amount), 0)::bigint as amount from entitlement n
      where n.determination_id = d.id and n.region_code >= ${from} and n.region_code < ${to} and n.state in ('open', 'undelivered')
        and not exists (select from round_entitlement o where o.determination_id = n.determination_id and o.family_id = n.family_id and o.held)) e
    where d.state = 'approved' and e.families > 0 order by d.decided_at desc limit 100`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    decreeNumber: row.decree_number,
    programmeCode: row.programme_code,
    programmeName: row.programme_name,
    period: row.period,
    region: { code: row.code, name: row.name, kind: row.kind },
    families: row.families,
    amount: row.amount,
    goods: row.goods,
    ways: row.ways.filter((way): way is Way => way !== 'at_service'),
  }))
}

/** A round for an approved list or the part of it in a region; who is on it is copied in the background. Throws problems that name the field. */
export async function makeRound(tx: Tx, actor: Actor, given: NewRound): Promise<string> {
  const list = await tx
    .selectFrom('determination as d')
    .innerJoin('programme_version as v', (join) =>
      join.onRef('v.programme_code', '=', 'd.programme_code').onRef('v.version', '=', 'd.version'),
    )
    .select(['d.id', 'd.state', 'd.region_code', 'd.programme_code', 'd.period', 'v.goods'])
    .where('d.id', '=', given.determinationId)
    .executeTakeFirst()
  if (!list) throw invalid({ field: 'determinationId', code: 'unknown' })
  if (list.state !== 'approved') throw invalid({ field: 'determinationId', code: 'not_approved' })
  const region =
    given.regionCode ?? (isWithin(list.region_code, actor.regionCode) ? list.region_code : actor.regionCode)
  if (!isWithin(region, list.region_code)) throw invalid({ field: 'regionCode', code: 'outside_list' })
  authorizeLead(actor, region)
  if (given.closesOn < given.opensOn) throw invalid({ field: 'closesOn', code: 'before_start' })
  const id = given.id ?? uuid()
  const before = await tx.selectFrom('distribution_round').select('made_by').where('id', '=', id).executeTakeFirst()
  if (before?.made_by === actor.accountId) return id
  await sql`
    insert into distribution_round (id, number, determination_id, programme_code, period, name, region_code, way, goods, opens_on, closes_on, state, work, made_by)
    values (${id}, 'SAL-' || lpad(nextval('distribution_round_number')::text, 6, '0'), ${list.id}, ${list.programme_code}, ${list.period},
      ${cleanLine(given.name)}, ${region}, ${given.way}, ${JSON.stringify(list.goods)}::jsonb, ${given.opensOn}, ${given.closesOn},
      'planned', 'preparing', ${actor.accountId})`.execute(tx)
  await told(tx, { id, region_code: region }, 'round.made')
  return id
}

/** A round the actor may see. With `lead`, one they may lead, held until the end of the transaction. */
export async function getRound(tx: Tx, actor: Actor, id: string, lead = false): Promise<RoundRow & Progress> {
  const { rows } = await sql<RoundRow & Progress>`
    select ${columns}, ${counted}
    from distribution_round d join region r on r.code = d.region_code join programme p on p.code = d.programme_code
    left join distribution_count k on k.round_id = d.id and k.dimension = 'all'
    where d.id = ${id} ${lead ? sql`for update of d` : sql``}`.execute(tx)
  const [row] = rows
  if (!row) {
    if (lead) {
      // Seen from beneath, but led from above.
      const seen = await tx
        .selectFrom('distribution_round')
        .select('region_code')
        .where('id', '=', id)
        .executeTakeFirst()
      if (seen) authorizeLead(actor, seen.region_code)
    }
    throw notFound('round')
  }
  if (lead) authorizeLead(actor, row.region_code)
  return row
}

/** A round with everything its page shows above its tabs. */
export async function readRound(tx: Tx, actor: Actor, id: string): Promise<Round> {
  const row = await getRound(tx, actor, id)
  const { rows } = await sql<{
    number: string
    decree_number: string | null
    stops: number
    without_stop: number
    conflicts: number
    reasons: { reason: UndeliveredReason; count: number }[]
  }>`
    select d.number, d.decree_number,
      (select count(*)::int from distribution_stop s where s.round_id = ${id} and not s.cancelled) as stops,
      coalesce((select total - cancelled from distribution_count where round_id = ${id} and dimension = 'stop' and key = ''), 0) as without_stop,
      (select count(*)::int from redemption_conflict c where c.determination_id = x.determination_id and c.state = 'open'
        and exists (select from redemption r where r.round_id = ${id} and r.family_id = c.family_id and r.outcome = 'received')) as conflicts,
      coalesce((select json_agg(json_build_object('reason', key, 'count', total) order by total desc, key) from distribution_count
        where round_id = ${id} and dimension = 'reason' and total > 0), '[]') as reasons
    from (select determination_id from distribution_round where id = ${id}) x left join determination d on d.id = x.determination_id`.execute(
    tx,
  )
  const [more] = rows
  if (!more) throw notFound('round')
  return {
    ...presentBrief(row),
    determination: { id: row.determination_id, number: more.number ?? '', decreeNumber: more.decree_number },
    goods: row.goods,
    workDone: row.work_done,
    stops: more.stops,
    withoutStop: more.without_stop,
    conflicts: more.conflicts,
    reasons: more.reasons,
    invitedAt: row.invited_at?.toISOString() ?? null,
    openedAt: row.opened_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    endNote: row.end_note,
    version: row.version,
    can: actsOn(actor, {
      state: row.state,
      region: row.region_code,
      busy: row.work !== null,
      goods: row.goods.length > 0,
      withoutStop: more.without_stop,
      total: row.total - row.cancelled,
      delivered: row.delivered,
    }),
  }
}

/**
 * What is handed over and what ends a round wait for each other: handing over holds the round together with others, ending it holds it
 * alone. First in a transaction, before the round is read.
 */
export const holdRound = (tx: Tx, id: string, alone: boolean): Promise<unknown> =>
  sql`select ${sql.raw(alone ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared')}(hashtextextended(${id}, 28))`.execute(
    tx,
  )

/** Refuses what cannot be done while something runs in the background or in another state. */
export function requireState(round: RoundRow, ...states: RoundState[]): void {
  if (round.work !== null) throw conflict('round_busy')
  if (!states.includes(round.state)) throw conflict('round_not_in_this_state')
}

/** Tells pages that show the round. */
export async function told(
  tx: Tx,
  round: { id: string; region_code: string },
  kind: string,
  accountId: string | null = null,
): Promise<void> {
  await emit(tx, { kind, subject: 'distribution_round', subjectId: round.id, regionCode: round.region_code, accountId })
}
