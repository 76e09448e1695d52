import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { reasonOf } from '../register/index.ts'
import { mayWorkOn } from './policy.ts'
import type { Contact, Contacts } from './schema.ts'

type ContactRow = {
  id: string
  kind: Contact['kind']
  masked: string
  person_id: string | null
  person_name: string | null
  agreed_at: Date | null
  source: Contact['source']
  recorded_at: Date
  recorded_by: string | null
  ended_at: Date | null
  ended_by: string | null
  end_reason: Contact['endReason']
}

const present = (row: ContactRow): Contact => ({
  id: row.id,
  kind: row.kind,
  masked: row.masked,
  personId: row.person_id,
  personName: row.person_name,
  agreedAt: row.agreed_at?.toISOString() ?? null,
  source: row.source,
  recordedAt: row.recorded_at.toISOString(),
  recordedBy: row.recorded_by,
  endedAt: row.ended_at?.toISOString() ?? null,
  endedBy: row.ended_by,
  endReason: row.end_reason,
})

/** Contacts of an opened family, masked. Errors: 403 open_first, 404. */
export async function readContacts(tx: Tx, actor: Actor, familyId: string): Promise<Contacts> {
  await mayWorkOn(tx, actor, familyId)
  const { rows } = await sql<ContactRow>`
    with own as materialized (select * from (
      select id, kind, person_id, agreed_at, source, recorded_at, recorded_by, ended_at, ended_by, end_reason
      from family_contact where family_id = ${familyId}) c),
    names as materialized (select id, name from colleague_names(array(select recorded_by from own union select ended_by from own)))
    select c.id, c.kind, m.masked, c.person_id, p.name as person_name, c.agreed_at, c.source, c.recorded_at, r.name as recorded_by, c.ended_at,
      e.name as ended_by, c.end_reason
    from own c join family_contacts(${familyId}) m on m.id = c.id left join person p on p.id = c.person_id
    left join names r on r.id = c.recorded_by left join names e on e.id = c.ended_by
    order by c.ended_at is not null, coalesce(c.ended_at, c.recorded_at) desc, c.id desc`.execute(tx)
  return { items: rows.map(present) }
}

/** The number or address in full; the database writes down who saw it and why in the same statement. Errors: 403 open_first, 404. */
export async function revealContact(
  tx: Tx,
  actor: Actor,
  familyId: string,
  id: string,
  reason: string,
): Promise<string> {
  await mayWorkOn(tx, actor, familyId)
  const { rows } = await sql<{ value: string | null }>`
    select reveal_contact(${familyId}, ${id}, ${reasonOf(reason)}) as value`.execute(tx)
  if (!rows[0]?.value) throw notFound('contact')
  return rows[0].value
}
