import type { Tx } from '#src/platform/db/index.ts'
import type { Kept } from '#src/platform/http/take-file.ts'
import type { Attachment } from './schema.ts'

export const presentFile = (file: Kept, byRole: string, isPublic: boolean, at: Date): Attachment => ({
  id: file.id,
  name: file.name,
  mediaType: file.mediaType,
  bytes: file.bytes,
  public: isPublic,
  byRole,
  at: at.toISOString(),
})

export const keepAttachment = (
  tx: Tx,
  complaintId: string,
  file: Kept,
  by: { accountId: string | null; role: string },
  isPublic: boolean,
  at: Date,
) =>
  tx
    .insertInto('attachment')
    .values({
      complaint_id: complaintId,
      id: file.id,
      file_id: file.fileId,
      name: file.name,
      media_type: file.mediaType,
      bytes: file.bytes,
      public: isPublic,
      by_account: by.accountId,
      by_role: by.role,
      at,
    })
    .execute()
