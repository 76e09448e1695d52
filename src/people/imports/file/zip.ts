import { createInflateRaw } from 'node:zlib'
import { Readable } from 'node:stream'
import { Unreadable } from './row.ts'

/** Unpacked parts above this are no spreadsheet of people but an attack or a mistake. */
const MOST_UNPACKED = 4_000_000_000
/** A part may grow this many times when unpacked; sheets of repeated text reach about forty. */
const MOST_GROWTH = 400

export type Zip = ReadonlyMap<string, () => AsyncIterable<Buffer>>

/** The parts of a zip archive by name. Layout: APPNOTE 6.3, 4.3.12 (central directory) and 4.3.7 (local header). */
export function openZip(file: Buffer): Zip {
  const parts = new Map<string, () => AsyncIterable<Buffer>>()
  const end = file.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'))
  if (end < 0 || end + 22 > file.length) throw new Unreadable('not_a_table')
  const count = file.readUInt16LE(end + 10)
  let at = file.readUInt32LE(end + 16)
  for (let n = 0; n < count; n++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== 0x02014b50) throw new Unreadable('damaged')
    const flags = file.readUInt16LE(at + 8)
    const method = file.readUInt16LE(at + 10)
    const packed = file.readUInt32LE(at + 20)
    const size = file.readUInt32LE(at + 24)
    const nameLength = file.readUInt16LE(at + 28)
    const next = at + 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
    const local = file.readUInt32LE(at + 42)
    const name = file.toString('utf8', at + 46, at + 46 + nameLength).replace(/^\//, '')
    if (flags & 1) throw new Unreadable('encrypted')
    parts.set(name, () => part(file, { local, packed, size, method }))
    at = next
  }
  return parts
}

async function* part(
  file: Buffer,
  { local, packed, size, method }: { local: number; packed: number; size: number; method: number },
): AsyncGenerator<Buffer> {
  if (local + 30 > file.length || file.readUInt32LE(local) !== 0x04034b50) throw new Unreadable('damaged')
  const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
  const content = file.subarray(from, from + packed)
  if (content.length !== packed || size > MOST_UNPACKED) throw new Unreadable('damaged')
  if (method === 0) return yield content
  if (method !== 8) throw new Unreadable('damaged')
  let unpacked = 0
  try {
    for await (const chunk of Readable.from(slices(content)).pipe(createInflateRaw({ chunkSize: 256 * 1024 }))) {
      const bytes = chunk as Buffer
      unpacked += bytes.length
      if (unpacked > MOST_UNPACKED || unpacked > 1_000_000 + packed * MOST_GROWTH) throw new Unreadable('damaged')
      yield bytes
    }
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable('damaged')
  }
}

function* slices(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += 65_536) yield content.subarray(at, at + 65_536)
}
