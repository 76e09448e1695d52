import type { FastifyRequest } from 'fastify'
import { buffer } from 'node:stream/consumers'
import { type FieldError, invalid, Problem } from '#src/platform/http/problem.ts'

/**
 * The one file of a multipart request, in memory: it is small, and account numbers are not left on a disk. What stands beside it is
 * answered as `fields`, looked at by `check`. Throws problems that name every field that is wrong, `file` among them; `most` in bytes.
 */
export async function takeTable(
  request: FastifyRequest,
  most: number,
  check: (fields: Readonly<Record<string, string>>) => FieldError[] = () => [],
): Promise<{ name: string; content: Buffer; fields: Record<string, string> }> {
  if (!request.isMultipart()) throw new Problem(415, 'unsupported_media_type')
  const fields: Record<string, string> = {}
  let kept: { name: string; content: Buffer } | undefined
  for await (const part of request.parts({ limits: { fileSize: most + 1 } })) {
    if (part.type === 'field') {
      if (typeof part.value === 'string') fields[part.fieldname.slice(0, 60)] = part.value
      continue
    }
    if (kept) {
      part.file.resume()
      continue
    }
    const content = await buffer(part.file)
    if (part.file.truncated || content.length > most)
      throw invalid({ field: 'file', code: 'file_too_large', params: { limit: Math.round(most / 1_000_000) } })
    kept = { name: part.filename, content }
  }
  const wrong = check(fields)
  if (!kept || kept.content.length === 0)
    throw invalid(...wrong, { field: 'file', code: kept && kept.name !== '' ? 'file_empty' : 'required' })
  if (wrong.length > 0) throw invalid(...wrong)
  return { ...kept, fields }
}
