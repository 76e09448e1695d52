import { sql } from 'kysely'
import { registerTerm } from '#src/people/register/index.ts'
import { isZoneId, localDay } from '#src/platform/calendar/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import type { RegionKind } from '#src/regions/index.ts'
import type { EntitlementState, Goods, RoundState, UndeliveredReason, Way } from '../rounds/schema.ts'
import { whoHasContact } from './contact.ts'
import type { Receiver, StopTask, StopWork } from './schema.ts'

/** What a telephone takes along at most. */
const MOST = 2000

export type MyStop = {
  stop_id: string
  round_id: string
  region_code: string
  village: string
  kind: RegionKind
  time_zone: string
  way: Way
  place: string
  address: string | null
  lat: number | null
  lng: number | null
  starts_at: Date
  ends_at: Date
  note: string | null
  number: string
  round_name: string
  round_state: RoundState
  programme_code: string
  goods: Goods
  opens_on: string
  closes_on: string
  total: number
  delivered: number
  undelivered: number
  cancelled: number
  opened_at: Date
  /** from then on the reader had nothing to hand out there: the round or the stop ended, or they were taken off */
  ended_at: Date | null
}

const presentStop = (row: MyStop): StopTask => ({
  id: row.stop_id,
  round: {
    id: row.round_id,
    number: row.number,
    name: row.round_name,
    programmeCode: row.programme_code,
    state: row.round_state,
    opensOn: row.opens_on,
    closesOn: row.closes_on,
  },
  village: { code: row.region_code, name: row.village, kind: row.kind },
  timeZone: row.time_zone,
  way: row.way,
  place: row.place,
  address: row.address,
  point: row.lat === null || row.lng === null ? null : { lat: row.lat, lng: row.lng },
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  note: row.note,
  goods: row.goods,
  total: row.total - row.cancelled,
  delivered: row.delivered,
  undelivered: row.undelivered,
})

/** The stops the actor hands out at: those of open rounds first, then by hour. */
export async function listMyStops(tx: Tx): Promise<StopTask[]> {
  const { rows } = await sql<MyStop>`
    select m.*, r.name as village, r.kind, r.time_zone from my_stops() m join region r on r.code = m.region_code
    order by m.round_state = 'closed', m.round_state <> 'open', m.starts_at, m.stop_id limit 200`.execute(tx)
  return rows.map(presentStop)
}

/**
 * A stop of the actor; one that is somebody else's is as unknown as one that does not exist. `late`: also one they were in charge of before,
 * whatever became of it and its round.
 */
export async function getMyStop(tx: Tx, stopId: string, late = false): Promise<MyStop> {
  const { rows } = await sql<MyStop>`
    select m.*, r.name as village, r.kind, r.time_zone from my_stops(${stopId}, ${late}) m join region r on r.code = m.region_code`.execute(
    tx,
  )
  if (!rows[0]) throw notFound('stop')
  return rows[0]
}

export type ReceiverRow = {
  family_id: string
  payee_name: string
  nik_masked: string | null
  address: string | null
  rt: string | null
  rw: string | null
  persons: number
  amount: number
  goods: Goods
  voucher_id: string | null
  voucher_code: string | null
  state: EntitlementState
  reason: UndeliveredReason | null
  tries: number
  redeemed_at: Date | null
  on_hold: boolean
  former: { id: string; code: string }[]
}

const presentReceiver = (row: ReceiverRow, hasContact: boolean): Receiver => ({
  familyId: row.family_id,
  payeeName: row.payee_name,
  nikMasked: row.nik_masked,
  address: row.address,
  rt: row.rt,
  rw: row.rw,
  persons: row.persons,
  amount: row.amount,
  goods: row.goods,
  voucherId: row.voucher_id,
  code: row.voucher_code,
  state: row.state,
  reason: row.reason,
  tries: row.tries,
  redeemedAt: row.redeemed_at?.toISOString() ?? null,
  onHold: row.on_hold,
  former: row.former,
  hasContact,
})
export async function presentReceivers(tx: Tx, rows: readonly ReceiverRow[]): Promise<Receiver[]> {
  const reached = await whoHasContact(
    tx,
    rows.map((row) => row.family_id),
  )
  return rows.map((row) => presentReceiver(row, reached.has(row.family_id)))
}

/** The list of a stop, to take along where there is no line. That somebody took it is written down. */
export async function readStopWork(tx: Tx, stopId: string, at: Date): Promise<StopWork> {
  const stop = await getMyStop(tx, stopId)
  const { rows } = await sql<ReceiverRow>`
    select * from stop_list(${stopId})
    order by state in ('delivered', 'cancelled'), lpad(rw, 3, '0') nulls last, lpad(rt, 3, '0') nulls last, payee_name, family_id limit ${MOST + 1}`.execute(
    tx,
  )
  await sql`select record_act('list', 'distribution_stop', ${stopId}, ${stop.region_code}, ${JSON.stringify({ rows: Math.min(rows.length, MOST) })}::jsonb, null)`.execute(
    tx,
  )
  const kept = await registerTerm(tx, 'handing_over_list_kept', dayAt(stop, at))
  return {
    stop: presentStop(stop),
    at: at.toISOString(),
    people: await presentReceivers(tx, rows.slice(0, MOST)),
    more: rows.length > MOST,
    keepUntil: new Date(at.getTime() + kept.amount * 86_400_000).toISOString(),
    proxyProof: await needsProof(tx, stop, at),
  }
}

/** Whether somebody who received for another on that day must be proved by a photo. */
export async function needsProof(tx: Tx, stop: MyStop, at: Date): Promise<boolean> {
  return (await registerTerm(tx, 'handing_over_proxy_proof', dayAt(stop, at))).amount > 0
}

/** The day of a moment where the stop is. */
export const dayAt = (stop: MyStop, at: Date): string =>
  localDay(at, isZoneId(stop.time_zone) ? stop.time_zone : 'Asia/Jakarta')
