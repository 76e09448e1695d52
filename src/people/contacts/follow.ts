import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { joinedFamilies, onRegisterChange } from '../register/index.ts'

/**
 * Contacts go where their family goes: when it is dissolved because its people live in another one now, that family has them, and they go
 * back when this is taken back. In the transaction of the change, as the system.
 */
export function followFamilies(): () => void {
  return onRegisterChange(async (tx, { families, persons }) => {
    const joined = await joinedFamilies(
      tx,
      { families, persons },
      sql`exists (select from family_contact c where c.family_id = f.id)`,
    )
    for (const { from, to } of joined) {
      await endTwice(tx, sql`family_id = ${from}`, to)
      await sql`update family_contact set family_id = ${to}, came_from = came_from || ${from}::uuid where family_id = ${from}`.execute(
        tx,
      )
    }
    const back = await sql<{ id: string }>`
      select distinct f.id from family_contact c join family f on f.id = any (c.came_from)
      where c.came_from && ${families}::uuid[] and f.id = any (${families}::uuid[]) and f.status <> 'dissolved'`.execute(
      tx,
    )
    for (const { id } of back.rows) {
      await endTwice(tx, sql`came_from @> array[${id}::uuid]`, id)
      await sql`update family_contact set family_id = ${id}, came_from = came_from[1 : array_position(came_from, ${id}::uuid) - 1]
        where came_from @> array[${id}::uuid]`.execute(tx)
    }
  })
}

/** Both families gave the same number: the one that is there already stays in use. */
const endTwice = (tx: Tx, coming: ReturnType<typeof sql>, to: string) =>
  sql`update family_contact c set ended_at = acting_now(), end_reason = 'replaced'
    where ${coming} and ended_at is null and exists (select from family_contact d
      where d.family_id = ${to} and d.id <> c.id and d.kind = c.kind and d.value = c.value and d.ended_at is null)`.execute(
    tx,
  )
