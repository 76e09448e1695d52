import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { currentKey } from '../vouchers/index.ts'
import { issueVouchers, type Issuer } from './issuing.ts'
import { rangeOf, told } from './round.ts'
import { dealStops } from './stops.ts'

/** How many vouchers one transaction signs. */
const BATCH = 500

/**
 * Copies who is entitled into rounds that were made, a district at a time, each in a transaction of its own: cut off anywhere it goes
 * on where it stopped, and several processes share the rounds. Returns how many districts were done.
 */
export async function prepareRounds(db: Db): Promise<number> {
  for (let steps = 0; ; steps++) if (!(await db.asSystem('distribution: prepare rounds', prepareDistrict))) return steps
}

type Working = { id: string; region_code: string; determination_id: string; goods: unknown; work_after: string | null }

async function prepareDistrict(tx: Tx): Promise<boolean> {
  const { rows } = await sql<Working>`
    select id, region_code, determination_id, goods, work_after from distribution_round where work = 'preparing'
    order by made_at, id limit 1 for update skip locked`.execute(tx)
  const [round] = rows
  if (!round) return false
  const [from, to] = rangeOf(round.region_code)
  const next = await sql<{ district: string }>`
    select left(region_code, 8) as district from entitlement
    where determination_id = ${round.determination_id} and region_code >= ${from} and region_code < ${to}
      and region_code >= ${round.work_after === null ? '' : `${round.work_after}~`} and state in ('open', 'undelivered')
    order by region_code limit 1`.execute(tx)
  const district = next.rows[0]?.district
  if (district === undefined) {
    await sql`update distribution_round set work = null, work_after = null, version = version + 1 where id = ${round.id}`.execute(
      tx,
    )
    await told(tx, round, 'round.prepared')
    return true
  }
  const [start, end] = rangeOf(district.length > from.length ? district : from)
  const copied = await sql`
    insert into round_entitlement (round_id, family_id, region_code, determination_id, payee_id, payee_name, nik_masked, address, rt, rw, persons, amount, goods)
    select ${round.id}::uuid, n.family_id, n.region_code, n.determination_id, n.payee_id, n.payee_name, f.shown ->> 'nik',
      left(f.shown ->> 'address', 300), f.shown ->> 'rt', f.shown ->> 'rw', n.persons, n.amount, ${JSON.stringify(round.goods)}::jsonb
    from entitlement n left join determination_fact f on f.determination_id = n.determination_id and f.family_id = n.family_id
    where n.determination_id = ${round.determination_id} and n.region_code >= ${start} and n.region_code < ${end} and n.state in ('open', 'undelivered')
      and not exists (select from round_entitlement o where o.determination_id = n.determination_id and o.family_id = n.family_id and o.held)
    order by n.region_code, n.family_id
    on conflict do nothing`.execute(tx)
  await sql`update distribution_round set work_after = ${district}, work_done = work_done + ${Number(copied.numAffectedRows ?? 0)} where id = ${round.id}`.execute(
    tx,
  )
  // Between approval and now the register has gone on.
  await sql`select note_changes(f), follow_payees(f)
    from (select array(select family_id from round_entitlement where round_id = ${round.id} and region_code >= ${start} and region_code < ${end}) as f) x`.execute(
    tx,
  )
  await dealStops(tx, round.id, start, end)
  await told(tx, round, 'round.progress')
  return true
}

/**
 * Signs vouchers for those of a round who have none, in batches that each are a transaction. Returns how many were signed. When all
 * have one, the round is invited.
 */
export async function inviteRounds(db: Db, issuer: Issuer): Promise<number> {
  for (let signed = 0; ;) {
    const step = await db.asSystem('distribution: issue vouchers', (tx) => inviteBatch(tx, issuer))
    if (step === undefined) return signed
    signed += step
  }
}

async function inviteBatch(tx: Tx, issuer: Issuer): Promise<number | undefined> {
  const { rows } = await sql<Working>`
    select id, region_code, determination_id, goods, work_after from distribution_round where work = 'inviting'
    order by made_at, id limit 1 for update skip locked`.execute(tx)
  const [round] = rows
  if (!round) return undefined
  const [village, family] = round.work_after?.split('_') ?? []
  const next = await sql<{ family_id: string; region_code: string }>`
    select family_id, region_code from round_entitlement
    where round_id = ${round.id} and voucher_id is null and state in ('open', 'undelivered')
      and (${village ?? null}::text is null or (region_code, family_id) > (${village ?? null}, ${family ?? null}::uuid))
    order by region_code, family_id limit ${BATCH}`.execute(tx)
  const last = next.rows.at(-1)
  if (!last) {
    await sql`update distribution_round set work = null, work_after = null, work_done = 0, version = version + 1,
      state = case state when 'planned' then 'invited' else state end, invited_at = coalesce(invited_at, acting_now()) where id = ${round.id}`.execute(
      tx,
    )
    await told(tx, round, 'round.invited')
    return 0
  }
  await issueVouchers(
    tx,
    await currentKey(tx, issuer.secret),
    issuer,
    round.id,
    next.rows.map((one) => one.family_id),
  )
  await sql`update distribution_round set work_after = ${`${last.region_code}_${last.family_id}`}, work_done = work_done + ${next.rows.length}
    where id = ${round.id}`.execute(tx)
  await told(tx, round, 'round.progress')
  return next.rows.length
}

/** Opens invited rounds whose first day has come in their region. Returns how many. */
export async function openRounds(db: Db): Promise<number> {
  return db.asSystem('distribution: open rounds', async (tx) => {
    const { rows } = await sql<{ id: string; region_code: string }>`
      update distribution_round d set state = 'open', opened_at = acting_now(), version = version + 1 from region r
      where r.code = d.region_code and d.state = 'invited' and d.work is null and d.opens_on <= (acting_now() at time zone r.time_zone)::date
      returning d.id, d.region_code`.execute(tx)
    for (const round of rows) await told(tx, round, 'round.opened')
    return rows.length
  })
}
