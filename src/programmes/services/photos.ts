import type { Actor, Tx } from '#src/platform/db/index.ts'
import { registerTerm } from '#src/people/register/index.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import { conflict, forbidden, notFound } from '#src/platform/http/problem.ts'
import { readStep } from './day.ts'

/** Refuses whoever may not record the step, before an upload is read. */
export async function requirePhotoPlace(tx: Tx, actor: Actor, caseId: string, seq: number): Promise<void> {
  const step = await readStep(tx, actor, caseId, seq)
  if (!step.open) throw conflict('service_step_done')
  if (!step.mayRecord) throw forbidden('service.record')
  const { amount } = await registerTerm(tx, 'service_photos', actor.at.toISOString().slice(0, 10))
  if (step.photos >= amount) throw conflict('too_many_files_added', { limit: amount })
}

export async function keepPhoto(tx: Tx, actor: Actor, caseId: string, seq: number, file: Kept): Promise<void> {
  await requirePhotoPlace(tx, actor, caseId, seq)
  await tx
    .insertInto('service_photo')
    .values({
      id: file.id,
      case_id: caseId,
      seq,
      file_id: file.fileId,
      name: file.name,
      media_type: file.mediaType,
      bytes: file.bytes,
      by_account: actor.accountId,
    })
    .execute()
}

/** A photo for whoever may read what was found. */
export async function findPhoto(tx: Tx, caseId: string, id: string) {
  const row = await tx
    .selectFrom('service_photo')
    .select(['file_id as fileId', 'name', 'media_type as mediaType'])
    .where('case_id', '=', caseId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw notFound('file')
  return row
}
