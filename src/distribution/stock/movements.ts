import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { authorizeVillage } from '../rounds/policy.ts'
import { getRound, told } from '../rounds/round.ts'
import type { Goods } from '../rounds/schema.ts'
import type { Movements, MovementsQuery, NewMovement, NewPlace, Stock, StockColumn, StockKind } from './schema.ts'

/** The place of a stop, made when it has none: what is handed out there is taken from it. */
async function placeOfStop(tx: Tx, roundId: string, stopId: string, by: string): Promise<string> {
  await sql`
    insert into stock_place (id, round_id, region_code, name, stop_id, made_by)
    select ${uuid()}, s.round_id, s.region_code, s.place, s.id, ${by}::uuid from distribution_stop s where s.id = ${stopId} and s.round_id = ${roundId}
    on conflict do nothing`.execute(tx)
  const place = await tx.selectFrom('stock_place').select('id').where('stop_id', '=', stopId).executeTakeFirst()
  if (!place) throw notFound('stop')
  return place.id
}

/** What a redemption took from the stock of its stop. It happened, so it is written down even when the stock then stands below zero. */
export async function handOut(
  tx: Tx,
  given: {
    roundId: string
    stop: { stop_id: string; region_code: string }
    goods: readonly { code: string; quantity: number }[]
    units: Goods
    redemptionId: string
    on: string
  },
): Promise<void> {
  if (given.goods.length === 0) return
  const { rows } = await sql<{
    by: string
  }>`select by_account as by from redemption where id = ${given.redemptionId}`.execute(tx)
  const by = rows[0]?.by
  if (by === undefined) throw new Error('goods are handed out by a redemption')
  const place = await placeOfStop(tx, given.roundId, given.stop.stop_id, by)
  await tx
    .insertInto('stock_movement')
    .values(
      given.goods
        .toSorted((a, b) => (a.code < b.code ? -1 : 1))
        .map((one) => ({
          id: uuid(),
          round_id: given.roundId,
          region_code: given.stop.region_code,
          kind: 'handed_out',
          item: one.code,
          unit: given.units.find((unit) => unit.code === one.code)?.unit ?? '-',
          quantity: one.quantity,
          from_place: place,
          redemption_id: given.redemptionId,
          happened_on: given.on,
          by_account: by,
        })),
    )
    .execute()
}

/** Puts back what a redemption took that was judged not to have happened. */
export async function takeBack(tx: Tx, redemptionId: string, by: string): Promise<void> {
  await sql`
    insert into stock_movement (id, round_id, region_code, kind, item, unit, quantity, from_place, redemption_id, happened_on, by_account)
    select gen_random_uuid(), m.round_id, m.region_code, 'handed_out', m.item, min(m.unit), -sum(m.quantity), m.from_place, m.redemption_id, acting_now()::date, ${by}::uuid
    from stock_movement m where m.redemption_id = ${redemptionId} group by m.round_id, m.region_code, m.item, m.from_place, m.redemption_id
    having sum(m.quantity) > 0`.execute(tx)
}

/** A store of the round: a warehouse of the region or a village. */
export async function addPlace(tx: Tx, actor: Actor, roundId: string, given: NewPlace): Promise<string> {
  const round = await getRound(tx, actor, roundId)
  authorizeVillage(actor, given.regionCode)
  const id = given.id ?? uuid()
  const known = await tx.selectFrom('region').select('code').where('code', '=', given.regionCode).executeTakeFirst()
  if (!known) throw invalid({ field: 'regionCode', code: 'unknown' })
  await tx
    .insertInto('stock_place')
    .values({
      id,
      round_id: roundId,
      region_code: given.regionCode,
      name: cleanLine(given.name),
      made_by: actor.accountId,
    })
    .execute()
  await told(tx, round, 'round.stock')
  return id
}

/** Goods received, moved, returned or damaged. Never below zero unless told, with a note that says why; the same id twice is one. */
export async function moveStock(tx: Tx, actor: Actor, roundId: string, given: NewMovement): Promise<void> {
  const round = await getRound(tx, actor, roundId)
  if (round.state === 'cancelled' || round.state === 'reconciled') throw conflict('round_not_in_this_state')
  const item = round.goods.find((one) => one.code === given.item)
  if (!item) throw invalid({ field: 'item', code: 'unknown' })
  const comes = given.kind === 'received' || given.kind === 'moved'
  const goes = given.kind !== 'received'
  if (given.to && given.toStop) throw invalid({ field: 'to', code: 'exactly_one' })
  if (comes && !given.to && !given.toStop) throw invalid({ field: 'to', code: 'required' })
  if (!comes && (given.to || given.toStop)) throw invalid({ field: 'to', code: 'not_in_kind' })
  if (goes && !given.from) throw invalid({ field: 'from', code: 'required' })
  if (!goes && given.from) throw invalid({ field: 'from', code: 'not_in_kind' })
  if (given.kind === 'damaged' && !given.note) throw invalid({ field: 'note', code: 'required' })
  const before = await tx
    .selectFrom('stock_movement')
    .select('by_account')
    .where('id', '=', given.id)
    .executeTakeFirst()
  if (before) return
  const to = given.toStop ? await placeOfStop(tx, roundId, given.toStop, actor.accountId) : given.to
  if (given.from === to) throw invalid({ field: 'to', code: 'same_place' })
  const places = [given.from, to].filter((one) => one !== undefined)
  const { rows } = await sql<{ id: string; region_code: string }>`
    select id, region_code from stock_place where round_id = ${roundId} and id = any (${places}::uuid[])`.execute(tx)
  for (const [field, id] of [
    ['from', given.from],
    ['to', to],
  ] as const)
    if (id !== undefined && !rows.some((one) => one.id === id)) throw invalid({ field, code: 'unknown' })
  if (given.from !== undefined) {
    // Two at once from one place: the second sees what the first took.
    await sql`select pg_advisory_xact_lock(hashtextextended(${given.from}, 28))`.execute(tx)
    const { rows: left } = await sql<{ balance: number }>`
      select balance from stock_balance where place_id = ${given.from} and item = ${given.item}`.execute(tx)
    const balance = left[0]?.balance ?? 0
    if (balance < given.quantity && !given.belowZero)
      throw invalid({ field: 'quantity', code: 'not_in_stock', params: { count: Math.max(0, balance) } })
    if (balance < given.quantity && !given.note) throw invalid({ field: 'note', code: 'required' })
  }
  const own = rows.find((one) => one.id === (given.from ?? to))
  await tx
    .insertInto('stock_movement')
    .values({
      id: given.id,
      round_id: roundId,
      region_code: own?.region_code ?? round.region_code,
      kind: given.kind,
      item: given.item,
      unit: item.unit,
      quantity: given.quantity,
      from_place: given.from ?? null,
      to_place: to ?? null,
      ref: cleanLine(given.ref ?? '') || null,
      note: cleanText(given.note ?? '') || null,
      happened_on: given.on,
      by_account: actor.accountId,
    })
    .execute()
  await told(tx, round, 'round.stock')
}

type Sums = {
  item: string
  unit: string
  received: number
  moved_in: number
  moved_out: number
  handed_out: number
  returned: number
  damaged: number
  balance: number
}

/** What is where, by place and together, and what was done last. */
export async function readStock(tx: Tx, actor: Actor, roundId: string): Promise<Stock> {
  const round = await getRound(tx, actor, roundId)
  const most = 500
  const name = new Map(round.goods.map((one) => [one.code, one.name]))
  const present = (row: Sums) => ({
    item: row.item,
    name: name.get(row.item) ?? row.item,
    unit: row.unit,
    received: Number(row.received),
    movedIn: Number(row.moved_in),
    movedOut: Number(row.moved_out),
    handedOut: Number(row.handed_out),
    returned: Number(row.returned),
    damaged: Number(row.damaged),
    balance: Number(row.balance),
  })
  const { rows: totals } = await sql<Sums>`
    select item, min(unit) as unit, sum(received)::bigint as received, sum(moved_in)::bigint as moved_in, sum(moved_out)::bigint as moved_out,
      sum(handed_out)::bigint as handed_out, sum(returned)::bigint as returned, sum(damaged)::bigint as damaged, sum(balance)::bigint as balance
    from stock_balance where round_id = ${roundId} group by item order by item`.execute(tx)
  const { rows: places } = await sql<{
    id: string
    name: string
    region_code: string
    region: string
    stop_id: string | null
    items: Sums[]
  }>`
    select p.id, p.name, p.region_code, r.name as region, p.stop_id,
      (select coalesce(json_agg(b order by b.item), '[]') from stock_balance b where b.place_id = p.id) as items
    from stock_place p join region r on r.code = p.region_code where p.round_id = ${roundId}
    order by p.stop_id is not null, p.region_code, p.name, p.id limit ${most + 1}`.execute(tx)
  const { rows: movements } = await sql<Movements['items'][number]>`
    select ${shown} from stock_movement m ${joins} where m.round_id = ${roundId} and m.kind <> 'handed_out' order by m.at desc, m.id desc limit 50`.execute(
    tx,
  )
  return {
    items: totals.map(present),
    places: places.slice(0, most).map((row) => ({
      id: row.id,
      name: row.name,
      regionCode: row.region_code,
      region: row.region,
      stopId: row.stop_id,
      items: row.items.map(present),
    })),
    movements,
    more: places.length > most,
  }
}

const shown = sql`m.id, m.kind, m.item, m.unit, m.quantity, f.name as "from", t.name as "to", m.happened_on as "on", m.ref, m.note, d.family_id as "familyId"`
const joins = sql`left join stock_place f on f.id = m.from_place left join stock_place t on t.id = m.to_place left join redemption d on d.id = m.redemption_id`

const kindOf: Readonly<Record<Exclude<StockColumn, 'balance'>, StockKind>> = {
  received: 'received',
  movedIn: 'moved',
  movedOut: 'moved',
  handedOut: 'handed_out',
  returned: 'returned',
  damaged: 'damaged',
}

/** The movements a number of the balance is the sum of, the latest first; of the balance itself all of them. */
export async function listMovements(tx: Tx, actor: Actor, roundId: string, query: MovementsQuery): Promise<Movements> {
  await getRound(tx, actor, roundId)
  const { item, column, place } = query
  const most = 50
  const side =
    column === 'balance'
      ? sql`${place ?? null}::uuid in (m.from_place, m.to_place)`
      : column === 'received' || column === 'movedIn'
        ? sql`m.to_place = ${place ?? null}::uuid`
        : sql`m.from_place = ${place ?? null}::uuid`
  const { rows } = await sql<Movements['items'][number]>`
    select ${shown} from stock_movement m ${joins}
    where m.round_id = ${roundId} and m.item = ${item} and ${column === 'balance' ? sql`true` : sql`m.kind = ${kindOf[column]}`}
      and ${place === undefined ? sql`true` : side}
      and ${
        query.after === undefined
          ? sql`true`
          : sql`(m.at, m.id) < (select a.at, a.id from stock_movement a where a.id = ${query.after} and a.round_id = ${roundId})`
      }
    order by m.at desc, m.id desc limit ${most + 1}`.execute(tx)
  return { items: rows.slice(0, most), next: rows.length > most ? (rows[most - 1]?.id ?? null) : null }
}
