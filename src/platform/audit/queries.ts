import { sql } from 'kysely'
import { scopeEnd, type Tx } from '#src/platform/db/index.ts'
import type { AuditEntry, AuditFilter } from './schema.ts'

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/**
 * Entries the caller may see (row security: an auditor's own region), newest first, from below the id `after`.
 * Ids and not instants order the pages: they are unique, and a page never repeats or misses one.
 */
export async function listEntries(
  tx: Tx,
  filter: AuditFilter & { after?: number; limit: number },
): Promise<AuditEntry[]> {
  const actorId = filter.actor === undefined ? undefined : await findActor(tx, filter.actor)
  if (actorId === null) return []
  let query = tx.selectFrom('audit_entry as e')
  if (filter.subject !== undefined) query = query.where('e.subject', '=', filter.subject)
  if (filter.subjectId !== undefined) query = query.where('e.subject_id', '=', filter.subjectId)
  if (actorId !== undefined) query = query.where('e.actor_id', '=', actorId)
  if (filter.act !== undefined) query = query.where('e.act', '=', filter.act)
  if (filter.region !== undefined && filter.region !== '00')
    query = query.where('e.region_code', '>=', filter.region).where('e.region_code', '<', scopeEnd(filter.region))
  if (filter.from !== undefined) query = query.where('e.at', '>=', dayBegins(filter.from, 0))
  if (filter.to !== undefined) query = query.where('e.at', '<', dayBegins(filter.to, 1))
  if (filter.after !== undefined) query = query.where('e.id', '<', filter.after)
  const rows = await query
    .select(['e.id', 'e.at', 'e.actor_id', 'e.actor_role', 'e.office_id', 'e.act', 'e.subject', 'e.subject_id'])
    .select(['e.region_code', 'e.detail', 'e.reason'])
    .orderBy('e.id', 'desc')
    .limit(filter.limit)
    .execute()
  const actors = await namesOf(tx, [...new Set(rows.flatMap((row) => row.actor_id ?? []))])
  const places = await placesOf(
    tx,
    rows.map((row) => row.id),
  )
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    actor: row.actor_id === null ? null : { id: row.actor_id, ...(actors.get(row.actor_id) ?? nobody) },
    role: row.actor_role,
    officeId: row.office_id,
    act: row.act,
    subject: row.subject,
    subjectId: row.subject_id,
    regionCode: row.region_code,
    detail: row.detail as Record<string, unknown>,
    reason: row.reason,
    position: places.get(row.id) ?? null,
  }))
}

const nobody = { name: null, username: null }

async function namesOf(tx: Tx, ids: string[]) {
  if (ids.length === 0) return new Map<string, { name: string; username: string }>()
  const { rows } = await sql<{ id: string; name: string; username: string }>`
    select * from audit_actors(${ids}::uuid[])`.execute(tx)
  return new Map(rows.map(({ id, name, username }) => [id, { name, username }]))
}

async function placesOf(tx: Tx, ids: number[]) {
  if (ids.length === 0) return new Map<number, number>()
  const { rows } = await sql<{ entry_id: number; place: number }>`
    select * from audit_places(${ids}::bigint[])`.execute(tx)
  return new Map(rows.map(({ entry_id, place }) => [entry_id, place]))
}

/** The account of that user name, or null; an id is taken as it is, also one whose account is gone. */
async function findActor(tx: Tx, called: string): Promise<string | null> {
  if (isUuid(called)) return called
  const { rows } = await sql<{ id: string | null }>`select audit_actor(${called}) as id`.execute(tx)
  return rows[0]?.id ?? null
}

/** Midnight of a day in the zone of the region the auditor acts in. */
const dayBegins = (day: string, later: number) =>
  sql<Date>`((${day}::date + ${later}::integer)::timestamp at time zone (select time_zone from region where code = scope_from()))`
