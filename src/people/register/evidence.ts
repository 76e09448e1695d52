import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { uploadLimits } from '#src/platform/http/limits.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { requireOpening } from './opening.ts'
import type { EvidenceFile } from './schema.ts'

/*
 * Files handed in with an act: added to the family first, then named by the act. Only whoever opened the family sees them, and an
 * act names none but its actor's own and those the family's history names already.
 */

/** Files of one officer that no act of the family names yet. */
const UNUSED = 30

/** What an upload needs to know before it is read, so that nobody fills the disk: errors as requireOpening, too_many_files_added. */
export async function evidenceLimits(tx: Tx, actor: Actor, familyId: string) {
  await requireOpening(tx, actor, familyId)
  const { rows } = await sql<{ unused: number }>`
    select count(*) as unused from family_evidence v where v.family_id = ${familyId} and v.by_account = actor_id()
      and not exists (select from register_event e where e.family_id = v.family_id and v.id = any (e.evidence))`.execute(
    tx,
  )
  if ((rows[0]?.unused ?? 0) >= UNUSED) throw conflict('too_many_files_added', { limit: UNUSED })
  return uploadLimits(tx)
}

/** A file of the family, to be named by an act. */
export async function keepEvidence(tx: Tx, actor: Actor, familyId: string, file: Kept): Promise<void> {
  await requireOpening(tx, actor, familyId)
  const { rows } = await sql<{ region_code: string }>`
    select region_code from family where id = ${familyId}
    union all select region_code from register_event where subject_id = ${familyId} and seq = 1 limit 1`.execute(tx)
  const [place] = rows
  if (!place) throw notFound('family')
  await tx
    .insertInto('family_evidence')
    .values({
      id: file.id,
      family_id: familyId,
      region_code: place.region_code,
      file_id: file.fileId,
      name: file.name.slice(0, 255),
      media_type: file.mediaType,
      bytes: file.bytes,
      by_account: actor.accountId,
    })
    .execute()
}

/** Before an act: the family is open, and the files it names are the family's, and the actor's or handed in before. */
export async function beginAct(
  tx: Tx,
  actor: Actor,
  familyId: string,
  act: { evidence?: readonly string[] | undefined },
): Promise<void> {
  await requireOpening(tx, actor, familyId)
  await checkEvidence(tx, familyId, act.evidence)
}

/** Refuses files that are not this family's, or somebody else's that no act has named. Throws `evidence`: unknown. */
export async function checkEvidence(tx: Tx, familyId: string, ids: readonly string[] | undefined): Promise<void> {
  const asked = [...new Set(ids)]
  if (asked.length === 0) return
  const { rows } = await sql<{ id: string }>`
    select v.id from family_evidence v where v.family_id = ${familyId} and v.id = any (${asked})
      and (v.by_account = actor_id() or exists (select from register_event e where e.family_id = v.family_id and v.id = any (e.evidence)))`.execute(
    tx,
  )
  const known = new Set(rows.map((row) => row.id))
  if (asked.some((id) => !known.has(id))) throw invalid({ field: 'evidence', code: 'unknown' })
}

// Photos of a visit were taken for the same family and are named by its event in the same way.
const filesWhere = (which: ReturnType<typeof sql>) => sql<EvidenceFile & { fileId: string; regionCode: string }>`
  select id, family_id as "familyId", name, media_type as "mediaType", bytes, file_id as "fileId", region_code as "regionCode"
  from family_evidence v where ${which}
  union all select id, family_id, name, media_type, bytes, file_id, region_code from campaign_photo v where ${which}`

/** Names of files, of those the actor may see: of families they have opened. */
export async function evidenceNamed(tx: Tx, ids: readonly string[]): Promise<Map<string, EvidenceFile>> {
  if (ids.length === 0) return new Map()
  const { rows } = await filesWhere(sql`v.id = any (${[...new Set(ids)]}) and has_opened(v.family_id)`).execute(tx)
  return new Map(rows.map(({ fileId: _file, regionCode: _region, ...file }) => [file.id, file]))
}

/** One file of an opened family. Papers are personal data: opening one is a look; thumbnails come with the page. */
export async function evidenceFile(tx: Tx, actor: Actor, familyId: string, id: string, small: boolean) {
  await requireOpening(tx, actor, familyId)
  const { rows } = await filesWhere(sql`v.family_id = ${familyId} and v.id = ${id}`).execute(tx)
  const [file] = rows
  if (!file) throw notFound('file')
  if (!small) await sql`select record_act('look', 'family_evidence', ${id}, ${file.regionCode}, '{}', null)`.execute(tx)
  return file
}
