import sharp from 'sharp'
import type { FileStore } from '#src/platform/files/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { type Signature, SIGNATURE_POINTS } from './schema.ts'
import { markOf } from './signature-mark.ts'

export type KeptSignature = { fileId: string; bytes: number; mark: Buffer | null }

/** Points of a stroke drawn in one go. What crosses itself within one line costs the square of its length to draw. */
export const PIECE = 8
/** Pixels of the longer side, at most. */
const MOST_PIXELS = 800

/**
 * A signature as a file: black on white, PNG. The same strokes give the same bytes, so that one signature used twice is seen; its shape
 * (`mark`) finds one that was drawn anew. Throws a problem that names `signature` for half a point and for too many.
 */
export async function keepSignature(files: FileStore, signature: Signature): Promise<KeptSignature> {
  const { strokes } = signature
  if (strokes.some((one) => one.length % 2 === 1)) throw invalid({ field: 'signature', code: 'invalid' })
  if (strokes.reduce((sum, one) => sum + one.length, 0) > SIGNATURE_POINTS * 2)
    throw invalid({ field: 'signature', code: 'too_many_points', params: { limit: SIGNATURE_POINTS } })
  const png = await sharp(Buffer.from(pictureOf(signature)))
    .png({ colours: 8, compressionLevel: 9 })
    .toBuffer()
  const stored = await files.put(png, { maxBytes: png.length })
  return { fileId: stored.id, bytes: png.length, mark: markOf(strokes) }
}

/** The drawing as SVG: each stroke in pieces that begin where the one before ended, which the round ends of the pen hide. */
export function pictureOf({ width, height, strokes }: Signature): string {
  const scale = Math.min(1, MOST_PIXELS / Math.max(width, height))
  const paths = strokes.flatMap((points) => {
    const pairs = Array.from({ length: points.length / 2 }, (_, at) => `${points[at * 2]} ${points[at * 2 + 1]}`)
    // A dot is a line of no length: with a round end it shows.
    if (pairs.length === 1) pairs.push(...pairs)
    const starts = Array.from({ length: Math.ceil((pairs.length - 1) / PIECE) }, (_, at) => at * PIECE)
    return starts.map((at) => `<path d="M${pairs.slice(at, at + PIECE + 1).join('L')}"/>`)
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width * scale)}" height="${Math.ceil(height * scale)}" viewBox="0 0 ${width} ${height}"><rect width="100%" height="100%" fill="#fff"/><g fill="none" stroke="#000" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">${paths.join('')}</g></svg>`
}
