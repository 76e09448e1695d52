import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { authorizeJudge } from '../rounds/policy.ts'
import { getRound, told } from '../rounds/round.ts'
import { takeBack } from '../stock/index.ts'
import { settle } from './redeem.ts'
import type { Conflict, Delivery, FileKind, RedemptionView, ResolveAct } from './schema.ts'

type Found = {
  family_id: string
  region_code: string
  payee_name: string
  village: string
  time_zone: string
  state: Delivery['state']
  reason: Delivery['reason']
  amount: number
  redemptions: Row[]
}
type Row = {
  id: string
  outcome: 'received' | 'refused'
  reason: RedemptionView['reason']
  standing: RedemptionView['standing']
  received_by: 'self' | 'proxy' | null
  proxy_name: string | null
  proxy_relation: NonNullable<RedemptionView['proxy']>['relation'] | null
  proxy_reason: NonNullable<RedemptionView['proxy']>['reason'] | null
  note: string | null
  short_reason: RedemptionView['shortReason']
  amount: number
  goods: { code: string; quantity: number }[]
  happened_at: string
  recorded_at: string
  told_at: string
  doubt: RedemptionView['doubt']
  other_round: RedemptionView['otherRound']
  offline: boolean
  place: string | null
  by: string | null
  lat: number | null
  lng: number | null
  accuracy: number | null
  files: FileKind[]
}

const iso = (text: string) => new Date(text).toISOString()

const presentRedemption = (row: Row): RedemptionView => ({
  id: row.id,
  outcome: row.outcome,
  reason: row.reason,
  standing: row.standing,
  receivedBy: row.received_by,
  proxy:
    row.proxy_name === null || row.proxy_relation === null
      ? null
      : { name: row.proxy_name, relation: row.proxy_relation, reason: row.proxy_reason },
  note: row.note,
  shortReason: row.short_reason,
  amount: row.amount,
  goods: row.goods,
  happenedAt: iso(row.happened_at),
  toldAt: iso(row.told_at),
  recordedAt: iso(row.recorded_at),
  doubt: row.doubt,
  otherRound: row.other_round,
  offline: row.offline,
  place: row.place,
  by: row.by,
  point: row.lat === null || row.lng === null ? null : { lat: row.lat, lng: row.lng, accuracy: row.accuracy },
  files: row.files,
})

const presentDelivery = (row: Found): Delivery => ({
  familyId: row.family_id,
  payeeName: row.payee_name,
  village: row.village,
  timeZone: row.time_zone,
  state: row.state,
  reason: row.reason,
  amount: row.amount,
  redemptions: row.redemptions.map(presentRedemption),
})

async function deliveriesOf(tx: Tx, roundId: string, families: readonly string[]): Promise<Map<string, Found>> {
  const { rows } = await sql<Found>`
    select e.family_id, e.region_code, e.payee_name, r.name as village, r.time_zone, e.state, e.reason, e.amount,
      (select coalesce(json_agg(x order by x.happened_at, x.id), '[]') from (
        select d.id, d.outcome, d.reason, d.standing, d.received_by, d.proxy_name, d.proxy_relation, d.proxy_reason, d.note, d.short_reason, d.amount, d.goods,
          d.happened_at, d.device_at as told_at, d.recorded_at, d.doubt, case when d.round_id <> e.round_id then json_build_object('id', o.id, 'number', o.number) end as other_round, d.offline, s.place,
          d.lat, d.lng, d.accuracy, (select n.name from handover_people(d.round_id, array[d.id]) n) as by,
          array(select f.kind from redemption_file f where f.redemption_id = d.id order by f.kind) as files
        from round_entitlement a join redemption d on d.round_id = a.round_id and d.family_id = a.family_id join distribution_round o on o.id = d.round_id
        left join distribution_stop s on s.id = d.stop_id
        where a.determination_id = e.determination_id and a.family_id = e.family_id) x) as redemptions
    from round_entitlement e join region r on r.code = e.region_code
    where e.round_id = ${roundId} and e.family_id = any (${families}::uuid[])`.execute(tx)
  return new Map(rows.map((row) => [row.family_id, row]))
}

/** Everything that happened at the door about one family of a round, in other rounds of its list too. That somebody looked is written down. */
export async function readDelivery(tx: Tx, actor: Actor, roundId: string, familyId: string): Promise<Delivery> {
  await getRound(tx, actor, roundId)
  const row = (await deliveriesOf(tx, roundId, [familyId])).get(familyId)
  if (!row) throw notFound('family')
  await sql`select record_act('look', 'round_entitlement', ${`${roundId}/${familyId}`}, ${row.region_code}, '{}', null)`.execute(
    tx,
  )
  return presentDelivery(row)
}

/** A case of the round: it has one of the redemptions that met. */
const metIn = ({ id, determination_id }: { id: string; determination_id: string }) => sql`
  c.determination_id = ${determination_id}
  and exists (select from redemption d where d.round_id = ${id} and d.family_id = c.family_id and d.outcome = 'received')`

/** Cases of two redemptions of one entitlement in the actor's region, the open ones first, at most 100. */
export async function listConflicts(tx: Tx, actor: Actor, roundId: string): Promise<Conflict[]> {
  const round = await getRound(tx, actor, roundId)
  const { rows } = await sql<{
    id: string
    family_id: string
    state: 'open' | 'resolved'
    opened_at: Date
    resolution: Conflict['resolution']
    note: string | null
    resolved_at: Date | null
  }>`
    select id, family_id, state, opened_at, resolution, note, resolved_at from redemption_conflict c
    where ${metIn(round)} order by state, opened_at desc, id limit 100`.execute(tx)
  const found = await deliveriesOf(tx, roundId, rows.map((one) => one.family_id)) // prettier-ignore
  return rows.flatMap((row) => {
    const delivery = found.get(row.family_id)
    if (!delivery) return []
    return [
      {
        id: row.id,
        case: row.state,
        openedAt: row.opened_at.toISOString(),
        resolution: row.resolution,
        note: row.note,
        resolvedAt: row.resolved_at?.toISOString() ?? null,
        ...presentDelivery(delivery),
      },
    ]
  })
}

/**
 * A supervisor says which of several redemptions counts. 'mistake': the others did not happen; they stay on record as void and the stock
 * they took is put back. Otherwise they stay double: what was handed over too much is known.
 */
export async function resolveConflict(
  tx: Tx,
  actor: Actor,
  roundId: string,
  conflictId: string,
  act: ResolveAct,
): Promise<void> {
  const round = await getRound(tx, actor, roundId)
  authorizeJudge(actor)
  const { rows } = await sql<{ family_id: string; state: string }>`
    select family_id, state from redemption_conflict c where id = ${conflictId} and ${metIn(round)} for update`.execute(
    tx,
  )
  const [row] = rows
  if (!row) throw notFound('conflict')
  if (row.state === 'resolved') throw conflict('conflict_resolved')
  const of = await tx
    .selectFrom('redemption as d')
    .innerJoin('round_entitlement as e', (join) =>
      join.onRef('e.round_id', '=', 'd.round_id').onRef('e.family_id', '=', 'd.family_id'),
    )
    .select(['d.id', 'd.by_account'])
    .where('e.determination_id', '=', round.determination_id)
    .where('d.family_id', '=', row.family_id)
    .where('d.outcome', '=', 'received')
    .where('d.standing', '<>', 'void')
    .orderBy('d.id')
    .execute()
  if (!of.some((one) => one.id === act.countedId)) throw invalid({ field: 'countedId', code: 'unknown' })
  if (of.some((one) => one.by_account === actor.accountId)) throw conflict('not_ones_own')
  await tx
    .updateTable('redemption_conflict')
    .set({
      state: 'resolved',
      resolution: act.resolution,
      counted_id: act.countedId,
      note: cleanText(act.note),
      resolved_by: actor.accountId,
      resolved_at: actor.at,
    })
    .where('id', '=', conflictId)
    .execute()
  await withinAsSystem(tx, 'distribution: judge two redemptions', async (within) => {
    if (act.resolution === 'mistake')
      for (const one of of.filter(({ id }) => id !== act.countedId)) {
        // The one that counted gives way first: settle lets the chosen one count.
        await within.updateTable('redemption').set({ standing: 'void' }).where('id', '=', one.id).execute()
        await takeBack(within, one.id, actor.accountId)
      }
    await settle(within, roundId, [row.family_id])
  })
  await told(tx, round, 'round.resolved')
}
