import type { FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { takeUpload, UploadRefused, type FileStore, type UploadLimits } from '#src/platform/files/index.ts'
import { invalid, Problem } from '#src/platform/http/problem.ts'

export type Kept = { id: string; fileId: string; name: string; mediaType: string; bytes: number }

/**
 * Takes the one file of a multipart request into the store; what comes beside it is answered as `fields`. The type is
 * read from the content, photos lose their metadata. Errors name the field `file`.
 */
export async function takeFile(
  request: FastifyRequest,
  files: FileStore,
  limits: UploadLimits,
): Promise<Kept & { fields: Record<string, string> }> {
  if (!request.isMultipart()) throw new Problem(415, 'unsupported_media_type')
  const fields: Record<string, string> = {}
  let kept: Kept | undefined
  for await (const part of request.parts()) {
    if (part.type === 'field') {
      if (typeof part.value === 'string') fields[part.fieldname.slice(0, 60)] = part.value
    } else if (kept) part.file.resume()
    else kept = await keepUpload(part.file, part.filename, files, limits)
  }
  if (!kept) throw invalid({ field: 'file', code: 'required' })
  return { ...kept, fields }
}

/** Takes one file into the store, wherever its bytes come from; errors name `field`. */
export async function keepUpload(
  source: Parameters<typeof takeUpload>[0],
  name: string,
  files: FileStore,
  limits: UploadLimits,
  field = 'file',
): Promise<Kept> {
  try {
    const upload = await takeUpload(source, { name: name || 'berkas', limits })
    const stored = await files.put(upload.content, { maxBytes: upload.content.length })
    return {
      id: uuidv7(),
      fileId: stored.id,
      name: upload.name,
      mediaType: upload.mediaType,
      bytes: upload.content.length,
    }
  } catch (error) {
    if (!(error instanceof UploadRefused)) throw error
    const limit = error.data.limit
    const params =
      limit === undefined
        ? {}
        : { limit: error.data.unit === 'pixels' ? Math.round(limit / 1e6) : Math.round(limit / 1_048_576) }
    throw invalid({ field, code: `file_${error.code}${error.data.unit === 'pixels' ? '_pixels' : ''}`, params })
  }
}
