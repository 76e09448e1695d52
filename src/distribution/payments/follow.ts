import { sql } from 'kysely'
import { joinedFamilies, onRegisterChange } from '#src/people/register/index.ts'
import type { Tx } from '#src/platform/db/index.ts'

/**
 * Accounts go where their family goes, all that are on record: to another region; to the family its people live in now, when it is
 * dissolved for that, where one in use there stays in use; and back when this is taken back. In the transaction of the change, as the system.
 */
export function followFamilies(): () => void {
  return onRegisterChange(async (tx, { families, persons }) => {
    const joined = await joinedFamilies(
      tx,
      { families, persons },
      sql`exists (select from family_account a where a.family_id = f.id)`,
    )
    for (const { from, to } of joined) {
      await giveWay(tx, from, to)
      await sql`update family_account set family_id = ${to}, came_from = came_from || ${from}::uuid where family_id = ${from}`.execute(
        tx,
      )
    }
    const { rows: back } = await sql<{ id: string }>`
      select distinct f.id from family_account a join family f on f.id = any (a.came_from)
      where a.came_from && ${families}::uuid[] and f.id = any (${families}::uuid[]) and f.status <> 'dissolved'`.execute(
      tx,
    )
    for (const { id } of back) await comeBack(tx, id)
    await sql`
      update family_account a set region_code = f.region_code from family f
      where f.id = a.family_id and f.region_code <> a.region_code
        and a.family_id = any (${[...families, ...joined.map((one) => one.to)]}::uuid[])`.execute(tx)
  })
}

/** One account of a family is in use: of two, the one that was there. */
const giveWay = (tx: Tx, from: string, to: string) =>
  sql`update family_account a set ended_on = greatest(a.since, (acting_now() at time zone r.time_zone)::date), yielded_to = ${to}
    from family f join region r on r.code = f.region_code
    where f.id = ${to} and a.family_id = ${from} and a.ended_on is null
      and exists (select from family_account b where b.family_id = ${to} and b.ended_on is null)`.execute(tx)

/** What a family brought along when it was dissolved is its own again; what had to give way for that is in use again. */
const comeBack = (tx: Tx, id: string) =>
  sql`update family_account a set family_id = ${id}, came_from = a.came_from[1 : array_position(a.came_from, ${id}::uuid) - 1],
      ended_on = case when x.again then null else a.ended_on end, yielded_to = case when a.yielded_to = a.family_id then null else a.yielded_to end
    from (select b.id, b.yielded_to = b.family_id and not exists (select from family_account o where o.family_id = ${id} and o.ended_on is null) as again
      from family_account b where b.came_from @> array[${id}::uuid]) x
    where a.id = x.id and a.came_from @> array[${id}::uuid]`.execute(tx)
