import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import type { RegionKind } from '#src/regions/index.ts'
import { authorizeVillage } from './policy.ts'
import { getRound, rangeOf, told, type RoundRow } from './round.ts'
import type { Handers, NewStop, ScheduleAct, Stop, StopChange, StopList, StopsQuery, Way } from './schema.ts'

type StopRow = {
  id: string
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
  starts_local: string
  ends_local: string
  note: string | null
  cancelled: boolean
  version: number
  people: { accountId: string; name: string }[]
  total: number
  delivered: number
  undelivered: number
  invited: number
}

const local = (column: string) => sql`to_char(s.${sql.ref(column)} at time zone r.time_zone, 'YYYY-MM-DD"T"HH24:MI')`
const chosen = sql`s.id, s.round_id, s.region_code, r.name as village, r.kind, r.time_zone, s.way, s.place, s.address, s.lat, s.lng, s.starts_at, s.ends_at,
  ${local('starts_at')} as starts_local, ${local('ends_at')} as ends_local, s.note, s.cancelled, s.version,
  (select coalesce(json_agg(json_build_object('accountId', n.account_id, 'name', n.name) order by n.name), '[]') from stop_people(s.id) n) as people,
  coalesce(k.total, 0) as total, coalesce(k.delivered, 0) as delivered, coalesce(k.undelivered, 0) as undelivered, coalesce(k.invited, 0) as invited`
const counted = sql`left join distribution_count k on k.round_id = s.round_id and k.dimension = 'stop' and k.key = s.id::text`

const present = (row: StopRow): Stop => ({
  id: row.id,
  village: { code: row.region_code, name: row.village, kind: row.kind },
  timeZone: row.time_zone,
  way: row.way,
  place: row.place,
  address: row.address,
  point: row.lat === null || row.lng === null ? null : { lat: row.lat, lng: row.lng },
  startsAt: row.starts_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  startsLocal: row.starts_local,
  endsLocal: row.ends_local,
  note: row.note,
  cancelled: row.cancelled,
  people: row.people,
  total: row.total,
  delivered: row.delivered,
  undelivered: row.undelivered,
  invited: row.invited,
  version: row.version,
})

/** What a page is ordered by, all in one direction; the id makes it one order. */
const orders: Record<NonNullable<StopsQuery['sort']>, readonly string[]> = {
  village: ['region_code', 'id'],
  place: ['place', 'id'],
  starts: ['starts_at', 'id'],
}

/** Stops of a round in the actor's region, by village and hour, a hundred at a time. */
export async function listStops(tx: Tx, actor: Actor, id: string, query: StopsQuery, most = 100): Promise<StopList> {
  await getRound(tx, actor, id)
  const [from, to] = rangeOf(query.region ?? actor.regionCode)
  const [, stop] = query.after?.split('_') ?? []
  const { keys, up } = { keys: orders[query.sort ?? 'village'], up: query.order !== 'desc' }
  const key = (row: string) => sql.raw(keys.map((one) => `${row}.${one}`).join(', '))
  const order = sql.raw(keys.map((one) => `s.${one} ${up ? 'asc' : 'desc'}`).join(', '))
  const { rows } = await sql<StopRow>`
    select ${chosen} from distribution_stop s join region r on r.code = s.region_code ${counted}
    where s.round_id = ${id} and s.region_code >= ${from} and s.region_code < ${to}
      ${
        stop === undefined
          ? sql``
          : sql`and (${key('s')}) ${up ? sql`>` : sql`<`} (select ${key('o')} from distribution_stop o where o.round_id = ${id} and o.id = ${stop})`
      }
    order by ${order} limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  return {
    items: shown.map(present),
    next: rows.length > most && last ? `${last.region_code}_${last.id}` : null,
  }
}

/** One stop; a stop of another region is as unknown as one that does not exist. */
export async function readStop(tx: Tx, id: string, stopId: string): Promise<Stop> {
  const { rows } = await sql<StopRow>`
    select ${chosen} from distribution_stop s join region r on r.code = s.region_code ${counted}
    where s.round_id = ${id} and s.id = ${stopId}`.execute(tx)
  if (!rows[0]) throw notFound('stop')
  return present(rows[0])
}

/** Who can be asked to hand out in a village. */
export async function handersOf(tx: Tx, village: string): Promise<Handers> {
  const { rows } = await sql<{ account_id: string; name: string; role: string; pillar_kind: string | null }>`
    select account_id, name, role, pillar_kind from handers_of(${village})`.execute(tx)
  return rows.map((row) => ({
    accountId: row.account_id,
    name: row.name,
    role: row.role,
    pillarKind: row.pillar_kind,
  }))
}

async function getSchedulable(tx: Tx, actor: Actor, id: string): Promise<RoundRow> {
  const round = await getRound(tx, actor, id)
  if (round.work !== null) throw conflict('round_busy')
  if (!['planned', 'invited', 'open'].includes(round.state)) throw conflict('round_not_in_this_state')
  return round
}

/**
 * One stop for every village of a region that has families in the round and no stop yet; `perDay` villages on each working day. The
 * pillars of the village hand out there until somebody else is named. Returns how many stops, and families that got one.
 */
export async function scheduleStops(
  tx: Tx,
  actor: Actor,
  id: string,
  act: ScheduleAct,
): Promise<{ stops: number; families: number }> {
  const round = await getSchedulable(tx, actor, id)
  const region =
    act.regionCode ?? (isWithin(round.region_code, actor.regionCode) ? round.region_code : actor.regionCode)
  authorizeVillage(actor, region)
  if (act.endsAt <= act.startsAt) throw invalid({ field: 'endsAt', code: 'before_start' })
  if (act.endsAt.slice(0, 10) !== act.startsAt.slice(0, 10)) throw invalid({ field: 'endsAt', code: 'other_day' })
  withinDays(round, act.startsAt, 'startsAt')
  const [from, to] = rangeOf(region)
  const way = act.way ?? round.way
  const place = act.place === undefined ? null : cleanLine(act.place)
  const day = act.startsAt.slice(0, 10)
  const made = await sql<{ id: string; region_code: string; starts_local: string }>`
    with villages as (
      select r.code, r.name, r.kind, r.time_zone, r.lat, r.lon, (row_number() over (order by r.code) - 1) / ${act.perDay ?? 1_000_000}::int as nth
      from distribution_count k join region r on r.code = k.key
      where k.round_id = ${id} and k.dimension = 'village' and k.key >= ${from} and k.key < ${to} and k.total > k.cancelled
        and not exists (select from distribution_stop s where s.round_id = ${id} and s.region_code = k.key and not s.cancelled)
    ), dated as (
      select *, ${day}::date + (case when extract(isodow from ${day}::date) > 5 then nth
        else nth + 2 * ((nth + extract(isodow from ${day}::date)::int - 1) / 5) end)::int as on_day from villages
    )
    insert into distribution_stop (id, round_id, region_code, way, place, lat, lng, starts_at, ends_at, made_by)
    select gen_random_uuid(), ${id}::uuid, code, ${way},
      left(coalesce(replace(${place}::text, '{desa}', name), case ${way} when 'to_the_door' then 'Dari rumah ke rumah, '
        else case kind when 'kelurahan' then 'Kantor Kelurahan ' when 'desa' then 'Kantor Desa ' else 'Balai ' end end || name), 160),
      lat, lon, (on_day + ${act.startsAt.slice(11)}::time) at time zone time_zone, (on_day + ${act.endsAt.slice(11)}::time) at time zone time_zone,
      ${actor.accountId}::uuid
    from dated
    returning id, region_code, to_char(starts_at at time zone (select r.time_zone from region r where r.code = distribution_stop.region_code), 'YYYY-MM-DD') as starts_local`.execute(
    tx,
  )
  if (made.rows.some((one) => one.starts_local > round.closes_on))
    throw invalid({ field: 'perDay', code: 'after_last_day' })
  await sql`
    insert into distribution_stop_person (stop_id, account_id, round_id, region_code)
    select s.id, p.account_id, s.round_id, s.region_code
    from pillars_within(${region}) p join distribution_stop s on s.round_id = ${id} and s.region_code = p.region_code and not s.cancelled
    where s.id = any (${made.rows.map((one) => one.id)}::uuid[])
    on conflict do nothing`.execute(tx)
  const families = await dealStops(tx, id, from, to)
  await told(tx, round, 'round.scheduled')
  return { stops: made.rows.length, families }
}

/** A stop of its own in a village; families without an invitation are shared anew among the village's stops. */
export async function addStop(tx: Tx, actor: Actor, id: string, given: NewStop): Promise<string> {
  const round = await getSchedulable(tx, actor, id)
  authorizeVillage(actor, given.villageCode)
  if (!isWithin(given.villageCode, round.region_code)) throw invalid({ field: 'villageCode', code: 'outside_region' })
  if (given.villageCode.length !== 13) throw invalid({ field: 'villageCode', code: 'not_a_village' })
  checkHours(round, given)
  const stopId = given.id ?? uuid()
  await sql`
    insert into distribution_stop (id, round_id, region_code, way, place, address, lat, lng, starts_at, ends_at, note, made_by)
    select ${stopId}, ${id}, r.code, ${given.way}, ${cleanLine(given.place)}, ${cleanText(given.address ?? '') || null}, ${given.point?.lat ?? null},
      ${given.point?.lng ?? null}, ${given.startsAt}::timestamp at time zone r.time_zone, ${given.endsAt}::timestamp at time zone r.time_zone,
      ${cleanText(given.note ?? '') || null}, ${actor.accountId}
    from region r where r.code = ${given.villageCode}`.execute(tx)
  await setPeople(tx, { id: stopId, round_id: id, region_code: given.villageCode }, given.people ?? [])
  await redeal(tx, id, given.villageCode)
  await told(tx, round, 'round.scheduled')
  return stopId
}

/** Changes a stop; a cancelled one gives its families without an invitation to the others of the village. */
export async function changeStop(tx: Tx, actor: Actor, id: string, stopId: string, change: StopChange): Promise<void> {
  const round = await getSchedulable(tx, actor, id)
  const { rows } = await sql<StopRow>`
    select s.*, ${local('starts_at')} as starts_local, ${local('ends_at')} as ends_local from distribution_stop s join region r on r.code = s.region_code
    where s.round_id = ${id} and s.id = ${stopId} for update of s`.execute(tx)
  const [row] = rows
  if (!row) throw notFound('stop')
  authorizeVillage(actor, row.region_code)
  const startsAt = change.startsAt ?? row.starts_local
  const endsAt = change.endsAt ?? row.ends_local
  if (change.startsAt !== undefined || change.endsAt !== undefined) checkHours(round, { startsAt, endsAt })
  const point = change.point === undefined ? { lat: row.lat, lng: row.lng } : (change.point ?? { lat: null, lng: null })
  await sql`
    update distribution_stop s set way = ${change.way ?? row.way}, place = ${change.place === undefined ? row.place : cleanLine(change.place)},
      address = ${change.address === undefined ? row.address : cleanText(change.address ?? '') || null}, lat = ${point.lat}, lng = ${point.lng},
      starts_at = ${startsAt}::timestamp at time zone r.time_zone, ends_at = ${endsAt}::timestamp at time zone r.time_zone,
      note = ${change.note === undefined ? row.note : cleanText(change.note ?? '') || null}, cancelled = ${change.cancelled ?? row.cancelled},
      version = s.version + 1
    from region r where r.code = s.region_code and s.id = ${stopId}`.execute(tx)
  if (change.people) await setPeople(tx, row, change.people)
  if (change.cancelled === true && !row.cancelled)
    await sql`update round_entitlement set stop_id = null where round_id = ${id} and stop_id = ${stopId} and state in ('open', 'undelivered')`.execute(
      tx,
    )
  if (change.cancelled !== undefined && change.cancelled !== row.cancelled)
    await dealStops(tx, id, row.region_code, row.region_code + '~')
  await told(tx, round, 'round.scheduled')
}

/** Sends one family to another stop of its village. */
export async function moveToStop(tx: Tx, actor: Actor, id: string, familyId: string, stopId: string): Promise<void> {
  const round = await getSchedulable(tx, actor, id)
  const moved = await sql`
    update round_entitlement e set stop_id = s.id from distribution_stop s
    where e.round_id = ${id} and e.family_id = ${familyId} and e.state in ('open', 'undelivered')
      and s.id = ${stopId} and s.round_id = e.round_id and s.region_code = e.region_code and not s.cancelled`.execute(
    tx,
  )
  if (!moved.numAffectedRows) throw invalid({ field: 'stopId', code: 'unknown' })
  await told(tx, round, 'round.scheduled')
}

/**
 * Gives families without a stop to the stops of their village, in the order of RW and RT: whole neighbourhoods together, shares that
 * differ by one at most. Returns how many.
 */
export async function dealStops(tx: Tx, id: string, from: string, to: string): Promise<number> {
  const dealt = await sql`
    with waiting as (
      select region_code, family_id, count(*) over (partition by region_code) as total,
        row_number() over (partition by region_code order by lpad(rw, 3, '0') nulls last, lpad(rt, 3, '0') nulls last, payee_name, family_id) - 1 as at
      from round_entitlement where round_id = ${id} and region_code >= ${from} and region_code < ${to} and stop_id is null and state in ('open', 'undelivered')
    ), stops as (
      select id, region_code, row_number() over (partition by region_code order by starts_at, id) - 1 as place, count(*) over (partition by region_code) as n
      from distribution_stop where round_id = ${id} and region_code >= ${from} and region_code < ${to} and not cancelled
    )
    update round_entitlement e set stop_id = s.id from waiting w join stops s on s.region_code = w.region_code and s.place = w.at * s.n / w.total
    where e.round_id = ${id} and e.family_id = w.family_id`.execute(tx)
  return Number(dealt.numAffectedRows ?? 0)
}

/** Shares a village's families anew among its stops, but for those whose invitation names a stop already. */
async function redeal(tx: Tx, id: string, village: string): Promise<void> {
  await sql`update round_entitlement set stop_id = null
    where round_id = ${id} and region_code = ${village} and stop_id is not null and voucher_id is null and state = 'open'`.execute(
    tx,
  )
  await dealStops(tx, id, village, village + '~')
}

async function setPeople(
  tx: Tx,
  stop: { id: string; round_id: string; region_code: string },
  people: readonly string[],
): Promise<void> {
  const { rows } = await sql<{ account_id: string }>`select account_id from handers_of(${stop.region_code})`.execute(tx)
  const known = new Set(rows.map((one) => one.account_id))
  if (people.some((one) => !known.has(one))) throw invalid({ field: 'people', code: 'unknown' })
  // Before anybody is invited nobody can have taken the list along. Afterwards who is taken off stays on record: what they did without a
  // line before still comes in.
  await sql`delete from distribution_stop_person p using distribution_round d
    where p.stop_id = ${stop.id} and p.account_id <> all (${people}::uuid[]) and d.id = p.round_id and d.state = 'planned'`.execute(
    tx,
  )
  await sql`update distribution_stop_person set ended_at = acting_now()
    where stop_id = ${stop.id} and ended_at is null and account_id <> all (${people}::uuid[])`.execute(tx)
  await sql`insert into distribution_stop_person (stop_id, account_id, round_id, region_code)
    select ${stop.id}, account_id, ${stop.round_id}, ${stop.region_code} from unnest(${people}::uuid[]) account_id
    on conflict (stop_id, account_id) do update set ended_at = null`.execute(tx)
}

function checkHours(round: RoundRow, { startsAt, endsAt }: { startsAt: string; endsAt: string }): void {
  if (endsAt <= startsAt) throw invalid({ field: 'endsAt', code: 'before_start' })
  withinDays(round, startsAt, 'startsAt')
  withinDays(round, endsAt, 'endsAt')
}

function withinDays(round: RoundRow, at: string, field: string): void {
  const day = at.slice(0, 10)
  if (Number.isNaN(Date.parse(`${day}T00:00Z`)) || new Date(`${day}T00:00Z`).toISOString().slice(0, 10) !== day)
    throw invalid({ field, code: 'invalid' })
  if (day < round.opens_on || day > round.closes_on) throw invalid({ field, code: 'outside_round' })
}
