import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { ContactKind } from './normalise.ts'

/** How one family can be written to. `address` is personal: it goes into the message and nowhere else. */
export type Reach = { familyId: string; contactId: string; channel: ContactKind; address: string }

/**
 * Of each family the best contact it agreed to be written to by: WhatsApp before e-mail, then the newest. A family that has become part of
 * another is reached there; a number of somebody who lives in another family now is left alone, and one given for more families than
 * `contact_shared_most` too: it may be that of whoever hands over, who would answer for all of them. As the system, in one statement;
 * families nobody can write to are not in the answer.
 */
export async function contactsToAsk(
  tx: Tx,
  familyIds: readonly string[],
  channels: readonly ContactKind[] = ['whatsapp', 'email'],
): Promise<Reach[]> {
  if (familyIds.length === 0 || channels.length === 0) return []
  const { rows } = await sql<Reach>`
    with asked as (
      select id as family_id, id as at from unnest(${familyIds}::uuid[]) id
      union
      select before.id, c.family_id from family_contact c cross join lateral unnest(c.came_from) before (id)
      where c.came_from <> '{}' and c.came_from && ${familyIds}::uuid[] and before.id = any (${familyIds}::uuid[]))
    select distinct on (a.family_id) a.family_id as "familyId", c.id as "contactId", c.kind as channel, c.value as address
    from asked a join family_contact c on c.family_id = a.at
    where c.ended_at is null and c.agreed_at is not null and c.kind = any (${channels}::text[])
      and not exists (select from person p where p.id = c.person_id and p.family_id <> c.family_id)
      and (select count(*) from family_contact o where o.value = c.value and o.ended_at is null) <= (
        select t.amount from register_term t where t.key = 'contact_shared_most' and t.valid_from <= acting_now()::date order by t.valid_from desc limit 1)
    order by a.family_id, c.kind = 'whatsapp' desc, c.recorded_at desc, c.id desc`.execute(tx)
  return rows
}

/** Which of these families have a contact in use, whatever it is: nothing personal. As the system. */
export async function familiesWithContact(tx: Tx, familyIds: readonly string[]): Promise<Set<string>> {
  if (familyIds.length === 0) return new Set()
  const { rows } = await sql<{ family_id: string }>`
    select distinct family_id from family_contact where family_id = any (${familyIds}::uuid[]) and ended_at is null`.execute(
    tx,
  )
  return new Set(rows.map((row) => row.family_id))
}
