import { fileTypeFromBuffer } from 'file-type'
import sharp from 'sharp'
import { harmlessName } from './names.ts'
import { inspectPdf } from './pdf.ts'
import { UploadRefused } from './refusal.ts'

/**
 * `imageBytes`, `pdfBytes`: the most that may be sent; `pixels`: width × height of a photo as sent; `longestSide`: to
 * how many pixels a photo is reduced. They are dated data of the caller's.
 */
export type UploadLimits = { imageBytes: number; pdfBytes: number; pixels: number; longestSide: number }

/** A stream of bytes; `truncated` is set by multipart parsers that stop at a limit of their own without an error. */
export type UploadSource = AsyncIterable<Uint8Array> & { truncated?: boolean; resume?: () => unknown }

export type Upload = {
  /** Safe to show and to offer for download, with the ending of what the file really is. */
  name: string
  mediaType: 'image/jpeg' | 'application/pdf'
  content: Buffer
  /** Pixels, of photos. */
  width?: number
  height?: number
}

const PHOTOS = ['image/jpeg', 'image/png', 'image/apng', 'image/webp']
const HEIC = ['image/heic', 'image/heif']
const PDF = 'application/pdf'
const QUALITY = 84
const SECONDS = 30

/** For the `accept` of a file field. HEIC is left out: a telephone then sends its photos as JPEG by itself. */
export const acceptedTypes = ['image/jpeg', 'image/png', 'image/webp', PDF] as const

/**
 * Takes in one photo or PDF that someone sent, or throws `UploadRefused`. What it is, is read from the content alone.
 * Every photo leaves as a newly drawn JPEG: upright, at most `longestSide`, the first picture of an animation, on white
 * where it was transparent, without any metadata (place, camera, preview) and without anything hidden behind it.
 * A PDF leaves as it came once `inspectPdf` has let it through. Never holds more than the limit in memory; what is left
 * of a refused stream is read and thrown away, so that the sender's browser gets the answer and not a broken line.
 */
export async function takeUpload(source: UploadSource, { name, limits }: { name: string; limits: UploadLimits }) {
  const content = await readUpTo(source, Math.max(limits.imageBytes, limits.pdfBytes))
  const type = (await fileTypeFromBuffer(content))?.mime
  if (type === PDF) return takePdf(content, name, limits)
  if (type && (PHOTOS.includes(type) || (HEIC.includes(type) && readsHeic()))) return takePhoto(content, name, limits)
  throw new UploadRefused('type_not_allowed', type ? { type } : {})
}

async function takePdf(content: Buffer, name: string, limits: UploadLimits): Promise<Upload> {
  if (content.length > limits.pdfBytes) throw tooManyBytes(limits.pdfBytes)
  await inspectPdf(content)
  return { name: harmlessName(name, 'pdf'), mediaType: PDF, content }
}

async function takePhoto(sent: Buffer, name: string, limits: UploadLimits): Promise<Upload> {
  if (sent.length > limits.imageBytes) throw tooManyBytes(limits.imageBytes)
  // Width and height stand in the head of the file; nothing is unpacked to learn them.
  const head = await sharp(sent, { limitInputPixels: false }).metadata().catch(unreadable)
  if (head.width * head.height > limits.pixels) {
    throw new UploadRefused('too_large', { limit: limits.pixels, unit: 'pixels' })
  }
  // failOn 'error': a picture cut short is refused, a telephone's odd but complete one (only warnings) is taken.
  const { data, info } = await sharp(sent, { limitInputPixels: limits.pixels, failOn: 'error', sequentialRead: true })
    .timeout({ seconds: SECONDS })
    .autoOrient()
    .resize({ width: limits.longestSide, height: limits.longestSide, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: 'white' })
    .jpeg({ quality: QUALITY, progressive: true })
    .toBuffer({ resolveWithObject: true })
    .catch(unreadable)
  const { width, height } = info
  return { name: harmlessName(name, 'jpg'), mediaType: 'image/jpeg', content: data, width, height }
}

async function readUpTo(source: UploadSource, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = source[Symbol.asyncIterator]()
  for (let next = await reader.next(); !next.done; next = await reader.next()) {
    size += next.value.length
    if (size > limit) {
      // Not reader.return(): that would destroy the stream, and a multipart parser waiting for it would never end.
      void drain(reader)
      throw tooManyBytes(limit)
    }
    chunks.push(next.value)
  }
  if (source.truncated) throw tooManyBytes(limit)
  if (size === 0) throw new UploadRefused('empty')
  return Buffer.concat(chunks, size)
}

async function drain(reader: AsyncIterator<Uint8Array>) {
  try {
    while (!(await reader.next()).done);
  } catch {
    // The sender hung up: there is nothing left to throw away.
  }
}

const tooManyBytes = (limit: number) => new UploadRefused('too_large', { limit, unit: 'bytes' })

function unreadable(): never {
  throw new UploadRefused('unreadable')
}

// The sharp that npm installs reads AVIF but not HEIC, whose codec is patented; one built on a system's own libvips may.
const readsHeic = () => (sharp.format.heif.input.fileSuffix ?? []).includes('.heic')
