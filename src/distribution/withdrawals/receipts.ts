import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { type AssistanceTold, recordAssistance } from '#src/people/register/index.ts'
import type { EntitlementOf } from './schema.ts'

/** How many entitlements one transaction tells the register of. */
const BATCH = 2000

/** Tells the register what became of these entitlements: on a list, received with day and round, or withdrawn. Answers how many rows changed. */
export async function recordReceipts(tx: Tx, of: readonly EntitlementOf[]): Promise<number> {
  if (of.length === 0) return 0
  const { rows } = await sql<AssistanceTold>`
    select n.family_id as "familyId", n.region_code as "regionCode", n.programme_code as "programmeCode", n.period_from as "periodFrom", n.period_to as "periodTo",
      d.number as "listNumber", case when n.state = 'cancelled' then 'withdrawn' when h.day is not null then 'received' else 'listed' end as stands,
      h.day as "receivedOn", h.number as "roundNumber"
    from unnest(${of.map((one) => one.determinationId)}::uuid[], ${of.map((one) => one.familyId)}::uuid[]) o (determination_id, family_id)
    join entitlement n using (determination_id, family_id) join determination d on d.id = n.determination_id
    left join lateral (
      select (r.happened_at at time zone z.time_zone)::date as day, s.number
      from round_entitlement e join redemption r on r.id = e.redemption_id join distribution_round s on s.id = e.round_id join region z on z.code = e.region_code
      where e.determination_id = n.determination_id and e.family_id = n.family_id and e.state = 'delivered' and n.state = 'delivered'
      order by r.happened_at limit 1) h on true
    order by 1`.execute(tx)
  return recordAssistance(tx, rows)
}

/**
 * Tells the register of entitlements that were handed over, taken back or withdrawn since, in batches that each are a transaction: cut off
 * anywhere it goes on where it stopped. Answers how many entitlements were told.
 */
export async function tellRegister(db: Db): Promise<number> {
  for (let all = 0; ;) {
    const told = await db.asSystem('distribution: tell the register what was received', tellBatch)
    all += told
    if (told < BATCH) return all
  }
}

async function tellBatch(tx: Tx): Promise<number> {
  const { rows } = await sql<EntitlementOf>`
    delete from entitlement_told t using (
      select determination_id, family_id from entitlement_told order by at limit ${BATCH} for update skip locked) x
    where t.determination_id = x.determination_id and t.family_id = x.family_id
    returning t.determination_id as "determinationId", t.family_id as "familyId"`.execute(tx)
  await recordReceipts(tx, rows)
  return rows.length
}
