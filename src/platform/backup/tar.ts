/*
 * As much of the tar format (POSIX ustar) as a backup needs: plain files with short names. Any tar unpacks what is
 * written here; what is read here was written here.
 */

const BLOCK = 512
const END = Buffer.alloc(2 * BLOCK)

export type TarEntry = {
  name: string
  /** in bytes */
  size: number
  /** What is not read is skipped when the next entry is asked for. */
  body: AsyncIterable<Buffer>
}

/** The archive is not one, was cut off, or has changed. */
export class BrokenArchive extends Error {
  override readonly name = 'BrokenArchive'
}

/** The pieces of one file in the archive; `body` must give exactly `size` bytes. */
export async function* tarMember(
  name: string,
  size: number,
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield header(name, size)
  let given = 0
  for await (const piece of body) {
    given += piece.length
    yield piece
  }
  if (given !== size) throw new Error(`${name} was to have ${size} bytes and has ${given}`)
  yield Buffer.alloc(padding(size))
}

/** What an archive ends with. */
export const tarEnd = (): Uint8Array => END

/** The files of an archive, in order. Throws {@link BrokenArchive}. */
export async function* readTar(bytes: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const take = taker(bytes)
  for (;;) {
    const block = await exactly(take, BLOCK)
    if (block.every((byte) => byte === 0)) return
    const { name, size } = readHeader(block)
    let left = size
    const some = async () => {
      const piece = await take(left)
      left -= piece.length
      return piece
    }
    yield {
      name,
      size,
      body: (async function* () {
        while (left > 0) yield await some()
      })(),
    }
    while (left > 0) await some()
    await exactly(take, padding(size))
  }
}

const padding = (size: number) => (BLOCK - (size % BLOCK)) % BLOCK
const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`

function header(name: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK)
  if (Buffer.byteLength(name) > 100 || size >= 8 ** 11) throw new Error(`${name} (${size} bytes) does not fit into tar`)
  block.write(name, 0)
  block.write(octal(0o600, 8), 100)
  block.write(octal(0, 8), 108)
  block.write(octal(0, 8), 116)
  block.write(octal(size, 12), 124)
  block.write(octal(Math.floor(Date.now() / 1000), 12), 136)
  block.write('0', 156)
  block.write('ustar\0' + '00', 257)
  block.write(octal(checksum(block), 7), 148)
  block.write(' ', 155)
  return block
}

/** The sum of all bytes, the eight of the sum itself taken as spaces. */
function checksum(block: Buffer): number {
  let sum = 0
  for (const [at, byte] of block.entries()) sum += at >= 148 && at < 156 ? 32 : byte
  return sum
}

function readHeader(block: Buffer): { name: string; size: number } {
  const text = (from: number, length: number) => block.toString('utf8', from, from + length).replace(/\0.*$/s, '')
  const size = Number.parseInt(text(124, 12), 8)
  const wanted = Number.parseInt(text(148, 8), 8)
  if (wanted !== checksum(block) || !Number.isSafeInteger(size)) throw new BrokenArchive('a header is damaged')
  return { name: text(0, 100), size }
}

/** Gives up to so many of the next bytes, at least one. */
function taker(bytes: AsyncIterable<Buffer>): (most: number) => Promise<Buffer> {
  const source = bytes[Symbol.asyncIterator]()
  let rest: Buffer = Buffer.alloc(0)
  return async (most) => {
    while (rest.length === 0) {
      const next = await source.next()
      if (next.done) throw new BrokenArchive('it was cut off')
      rest = next.value
    }
    const piece = rest.subarray(0, most)
    rest = rest.subarray(piece.length)
    return piece
  }
}

async function exactly(take: (most: number) => Promise<Buffer>, count: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  for (let left = count; left > 0;) {
    const piece = await take(left)
    pieces.push(piece)
    left -= piece.length
  }
  return Buffer.concat(pieces)
}
