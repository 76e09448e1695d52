import type { FastifyReply } from 'fastify'
import { NoSuchFile, thumbnail, type FileStore } from '#src/platform/files/index.ts'
import { notFound } from '#src/platform/http/problem.ts'

type File = { fileId: string; name: string; mediaType: string }

/** Sends a stored file so that a browser shows or saves it and never runs it. `small` is a picture of 320 pixels. */
export async function sendFile(files: FileStore, reply: FastifyReply, file: File, small = false) {
  try {
    const asPicture = small && file.mediaType.startsWith('image/')
    const content = asPicture ? await thumbnail(files, file.fileId) : await files.get(file.fileId)
    const plain = file.name.replace(/[^\x20-\x7e]|["\\]/g, '_')
    return await reply
      .type(asPicture ? 'image/webp' : file.mediaType)
      .header('content-disposition', `inline; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`)
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .header('cache-control', 'private, no-store')
      .send(content)
  } catch (error) {
    if (error instanceof NoSuchFile) throw notFound('file')
    throw error
  }
}
