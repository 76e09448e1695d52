import { Readable } from 'node:stream'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import type { FileStore, UploadLimits } from '#src/platform/files/index.ts'
import { invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { type Kept, keepUpload } from '#src/platform/http/take-file.ts'
import type { FileKind } from './schema.ts'

/** The photo of a proxy's card that comes within a record (base64); errors name the field `proof`. */
export async function keepProof(files: FileStore, base64: string, limits: UploadLimits): Promise<Kept> {
  const kept = await keepUpload(
    Readable.from([Buffer.from(base64, 'base64')]),
    'bukti-wakil.jpg',
    files,
    limits,
    'proof',
  )
  if (!kept.mediaType.startsWith('image/')) throw invalid({ field: 'proof', code: 'only_pictures' })
  return kept
}

type Own = { round_id: string; region_code: string }

/** A redemption the actor recorded; refuses early whoever did not, before an upload is read. */
export async function ownRedemption(tx: Tx, actor: Actor, roundId: string, id: string): Promise<Own> {
  const row = await tx
    .selectFrom('redemption')
    .select(['round_id', 'region_code'])
    .where('id', '=', id)
    .where('round_id', '=', roundId)
    .where('by_account', '=', actor.accountId)
    .executeTakeFirst()
  if (!row) throw notFound('redemption')
  return row
}

/** A photo, a signature on paper or the proof of a proxy, added to a redemption; each kind once, and sent again it is the same one. */
export async function keepFile(
  tx: Tx,
  actor: Actor,
  roundId: string,
  id: string,
  kind: FileKind,
  file: Kept,
): Promise<void> {
  const own = await ownRedemption(tx, actor, roundId, id)
  if (!file.mediaType.startsWith('image/')) throw invalid({ field: 'file', code: 'only_pictures' })
  const before = await tx
    .selectFrom('redemption_file')
    .select('file_id')
    .where('redemption_id', '=', id)
    .where('kind', '=', kind)
    .executeTakeFirst()
  if (before?.file_id === file.fileId) return
  if (before) throw new Problem(409, 'already_exists')
  await withinAsSystem(tx, 'distribution: keep a file of a redemption', (within) =>
    within
      .insertInto('redemption_file')
      .values({
        redemption_id: id,
        kind,
        round_id: own.round_id,
        region_code: own.region_code,
        file_id: file.fileId,
        name: file.name,
        media_type: file.mediaType,
        bytes: file.bytes,
        by_account: actor.accountId,
      })
      .onConflict((clash) => clash.doNothing())
      .execute(),
  )
}
