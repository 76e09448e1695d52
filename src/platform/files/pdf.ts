import { promisify } from 'node:util'
import { constants, inflate } from 'node:zlib'
import { UploadRefused } from './refusal.ts'

const unpack = promisify(inflate)

// Dictionary names that run something, send something or carry another file (ISO 32000-2, 7.11.4, 12.6.4, 12.7, 13).
// All long enough not to turn up by chance in the compressed bytes of a scan; /JS alone would, once in some fifty scans.
const ACTIVE = nameInText('JavaScript|Launch|EmbeddedFiles?|ImportData|SubmitForm|GoToE|Rendition|RichMedia|XFA')
const ENCRYPTED = nameInText('Encrypt')
const OBJECT_STREAM = nameInText('ObjStm')
// Ways of packing that this scan does not undo. Letters use them for pages, but not in a file with object streams.
const OTHER_PACKING = nameInText('ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|AHx|A85|LZW')

// An object stream unpacks to number pairs (object, offset) and then dictionaries; page contents and pixels do not.
const STARTS_AS_OBJECT_STREAM = /^[\s\0]*(%[^\r\n]*[\r\n][\s\0]*)*\d+[\s\0]+\d+[\s\0]/
const PEEK_BYTES = 512
const UNPACKED_BUDGET = 64 * 1024 * 1024
const TAIL_BYTES = 1024
// A book of 500 pages has some 5,000; a file of nothing else must not keep the machine busy.
const MOST_STREAMS = 10_000

/**
 * Refuses a PDF that is encrypted (`encrypted_pdf`), can run or send something or carries files (`active_pdf`), or is
 * not whole (`unreadable`). A scan of bytes and not a reading of the document: names are searched everywhere, escapes
 * undone (`/J#61vaScript`), packed object streams unpacked. An object stream packed in a way this cannot undo is
 * `unreadable` too. It errs towards refusing: a page whose unpacked text spells `/JavaScript` is refused.
 */
export async function inspectPdf(content: Buffer): Promise<void> {
  const raw = content.toString('latin1')
  if (!raw.startsWith('%PDF-') || !raw.slice(-TAIL_BYTES).includes('%%EOF')) throw new UploadRefused('unreadable')
  if (ENCRYPTED.test(raw)) throw new UploadRefused('encrypted_pdf')
  refuseActive(raw)

  const declared = objectStreams(raw)
  if (declared.size > 0 && OTHER_PACKING.test(raw)) throw new UploadRefused('unreadable')
  let streams = 0
  let budget = UNPACKED_BUDGET
  for (const start of streamStarts(content)) {
    if (++streams > MOST_STREAMS) throw new UploadRefused('unreadable')
    const objects = await unpackObjectStream(content.subarray(start), budget)
    if (objects === undefined) continue
    declared.delete(start)
    budget -= objects.length
    refuseActive(objects.toString('latin1'))
  }
  if (declared.size > 0) throw new UploadRefused('unreadable')
}

/** Where the content begins of every stream that calls itself an object stream. */
function objectStreams(raw: string): Set<number> {
  const starts = new Set<number>()
  for (const { index } of raw.matchAll(new RegExp(OBJECT_STREAM, 'g'))) {
    starts.add(contentStart(raw.indexOf('stream', index), (at) => raw.charCodeAt(at)))
  }
  return starts
}

function refuseActive(text: string) {
  const found = ACTIVE.exec(text)?.[1]
  if (found) throw new UploadRefused('active_pdf', { found: namePlain(found) })
}

/** The unpacked content where a packed object stream begins, undefined where something else does. */
async function unpackObjectStream(packed: Buffer, budget: number): Promise<Buffer | undefined> {
  const head = await unpack(packed.subarray(0, PEEK_BYTES), { finishFlush: constants.Z_SYNC_FLUSH }).catch(
    () => undefined,
  )
  if (!head || !STARTS_AS_OBJECT_STREAM.test(head.toString('latin1', 0, PEEK_BYTES))) return undefined
  try {
    return await unpack(packed, { maxOutputLength: Math.max(budget, 1) })
  } catch {
    // Too big when unpacked, or broken in the middle, where a lenient reader would still use what came before.
    throw new UploadRefused('unreadable')
  }
}

/** Where the packed bytes of each stream begin. */
function* streamStarts(content: Buffer): Generator<number> {
  for (let at = content.indexOf('stream'); at !== -1; at = content.indexOf('stream', at + 6)) {
    const start = contentStart(at, (place) => content[place])
    const method = content[start] ?? 0
    const flags = content[start + 1] ?? 0
    // The two bytes every zlib stream begins with (RFC 1950).
    if (start > at + 6 && (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0) yield start
  }
}

/** The first byte after the word `stream` at `keyword` and its line end. */
function contentStart(keyword: number, byteAt: (at: number) => number | undefined): number {
  let start = keyword + 'stream'.length
  if (byteAt(start) === 0x0d) start++
  if (byteAt(start) === 0x0a) start++
  return start
}

/** Finds any of these names, letters written as they are or as `#xx`. */
function nameInText(names: string): RegExp {
  const letters = names.replace(/[A-Za-z0-9]/g, (letter) => {
    const digits = letter.charCodeAt(0).toString(16)
    return `(?:${letter}|#(?:${digits}|${digits.toUpperCase()}))`
  })
  // A name ends at white space, at a delimiter or at the end (ISO 32000-2, 7.2.3).
  return new RegExp(`/(${letters})(?=[\\0\\t\\n\\f\\r ()<>\\[\\]{}/%]|$)`)
}

const namePlain = (name: string) =>
  name.replace(/#([0-9a-fA-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
