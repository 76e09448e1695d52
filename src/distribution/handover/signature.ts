import sharp from 'sharp'
import type { FileStore } from '#src/platform/files/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import type { Signature } from './schema.ts'
import { markOf } from './signature-mark.ts'

export type KeptSignature = { fileId: string; bytes: number; mark: Buffer | null }

/**
 * A signature as a file: black on white, PNG. The same strokes give the same bytes, so that one signature used twice is seen; its shape
 * (`mark`) finds one that was drawn anew.
 */
export async function keepSignature(files: FileStore, signature: Signature): Promise<KeptSignature> {
  const { width, height, strokes } = signature
  if (strokes.some((one) => one.length % 2 === 1)) throw invalid({ field: 'signature', code: 'invalid' })
  const path = strokes
    .map((points) => {
      const pairs = Array.from({ length: points.length / 2 }, (_, at) => `${points[at * 2]} ${points[at * 2 + 1]}`)
      // A dot is a line of no length: with a round end it shows.
      return `M${pairs[0]}L${pairs.length > 1 ? pairs.slice(1).join('L') : pairs[0]}`
    })
    .join('')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="#fff"/><path d="${path}" fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>`
  const png = await sharp(Buffer.from(svg)).png({ colours: 8, compressionLevel: 9 }).toBuffer()
  const stored = await files.put(png, { maxBytes: png.length })
  return { fileId: stored.id, bytes: png.length, mark: markOf(strokes) }
}
