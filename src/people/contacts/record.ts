import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { type ContactKind, normaliseContact } from './normalise.ts'
import { mayWorkOn } from './policy.ts'
import type { endReasons } from './schema.ts'

/** A contact as it was told. The same `id` again is the same contact. */
export type ToldContact = {
  familyId: string
  id: string
  kind: ContactKind
  /** as typed */
  value: string
  /** whose it is: a member */
  personId?: string | undefined
  /** they said that they may be written to */
  agreed: boolean
  /** what is in use of this kind ends */
  replaces?: boolean | undefined
  source: 'desk' | 'handover' | 'citizen'
  /** the handover or case it was given with */
  sourceRef?: string | undefined
  /** when it was told; now, unless it comes later than it happened */
  at?: Date | undefined
}

/**
 * Records how a family that one has opened can be reached. Known already by its id: nothing changes; by its value: only an agreement that was
 * missing is added. Errors: 403 open_first, 404, 400 value (contact_whatsapp, contact_email), personId (not_member).
 */
export async function recordContact(tx: Tx, actor: Actor, told: ToldContact): Promise<void> {
  await mayWorkOn(tx, actor, told.familyId)
  // Whether the family has this number already only the system can see.
  await withinAsSystem(tx, 'contacts: record one of an opened family', (within) => recordContactAsSystem(within, told))
}

/** The same for whoever has not opened the family: within a transaction of the system, which answers for who may. */
export async function recordContactAsSystem(tx: Tx, told: ToldContact): Promise<void> {
  const value = normaliseContact(told.kind, told.value)
  if (value === undefined) throw invalid({ field: 'value', code: `contact_${told.kind}` })
  await sql`select pg_advisory_xact_lock(hashtextextended(${told.familyId}, 41))`.execute(tx)
  const { rows } = await sql<{ region_code: string; member: boolean; known: boolean; same: string | null }>`
    select f.region_code,
      ${told.personId ?? null}::uuid is null or exists (select from person p where p.id = ${told.personId ?? null} and p.family_id = f.id) as member,
      exists (select from family_contact c where c.id = ${told.id}) as known,
      (select c.id from family_contact c where c.family_id = f.id and c.kind = ${told.kind} and c.value = ${value} and c.ended_at is null) as same
    from family f where f.id = ${told.familyId}`.execute(tx)
  const [found] = rows
  if (!found) throw notFound('family')
  if (found.known) return
  if (!found.member) throw invalid({ field: 'personId', code: 'not_member' })
  const at = sql`coalesce(${told.at ?? null}::timestamptz, acting_now())`
  if (told.replaces)
    await sql`update family_contact set ended_at = acting_now(), ended_by = actor_id(), end_reason = 'replaced'
      where family_id = ${told.familyId} and kind = ${told.kind} and value <> ${value} and ended_at is null`.execute(tx)
  if (found.same !== null) {
    if (told.agreed)
      await sql`update family_contact set agreed_at = ${at} where id = ${found.same} and agreed_at is null`.execute(tx)
    return
  }
  await sql`insert into family_contact (family_id, id, region_code, kind, value, person_id, agreed_at, source, source_ref, recorded_by)
    values (${told.familyId}, ${told.id}, ${found.region_code}, ${told.kind}, ${value}, ${told.personId ?? null}::uuid,
      case when ${told.agreed} then ${at} end, ${told.source}, ${told.sourceRef ?? null}, actor_id())`.execute(tx)
}

/** One contact of an opened family, or 404; `ended` when it is no longer in use. */
async function getContact(tx: Tx, actor: Actor, familyId: string, id: string): Promise<{ ended: boolean }> {
  await mayWorkOn(tx, actor, familyId)
  const row = await tx
    .selectFrom('family_contact')
    .select('ended_at')
    .where('family_id', '=', familyId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw notFound('contact')
  return { ended: row.ended_at !== null }
}

/** They agree to be written to, or no longer do. Errors: 403 open_first, 404, 409 contact_ended. */
export async function changeAgreement(
  tx: Tx,
  actor: Actor,
  familyId: string,
  id: string,
  agreed: boolean,
): Promise<void> {
  const { ended } = await getContact(tx, actor, familyId, id)
  if (ended) throw conflict('contact_ended')
  await sql`update family_contact set agreed_at = case when ${agreed} then acting_now() end
    where family_id = ${familyId} and id = ${id} and ended_at is null and (agreed_at is not null) <> ${agreed}`.execute(
    tx,
  )
}

/** No longer in use; it stays as what it was until retention takes it. Ended before: nothing changes. Errors: 403 open_first, 404. */
export async function endContact(
  tx: Tx,
  actor: Actor,
  familyId: string,
  id: string,
  reason: (typeof endReasons)[number],
): Promise<void> {
  const { ended } = await getContact(tx, actor, familyId, id)
  if (ended) return
  await sql`update family_contact set ended_at = acting_now(), ended_by = actor_id(), end_reason = ${reason}
    where family_id = ${familyId} and id = ${id} and ended_at is null`.execute(tx)
}

/**
 * Whoever has this number or address asked for no more messages: it ends wherever it is in use. As the system; answers how many ended,
 * none when it is not known or no number at all.
 */
export async function stopContact(tx: Tx, channel: ContactKind, address: string): Promise<number> {
  const value = normaliseContact(channel, address.replace(/^(?=[1-9]\d+$)/, channel === 'whatsapp' ? '+' : ''))
  if (value === undefined) return 0
  const { numAffectedRows } =
    await sql`update family_contact set ended_at = acting_now(), ended_by = actor_id(), end_reason = 'stopped'
    where value = ${value} and kind = ${channel} and ended_at is null`.execute(tx)
  return Number(numAffectedRows ?? 0)
}
