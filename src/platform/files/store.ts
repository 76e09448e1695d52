import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

/** `id` is the sha256 of the content in 64 hexadecimal digits, `size` is in bytes. */
export type StoredFile = { id: string; size: number }

export type FileStore = {
  /**
   * Keeps the content and answers its id once it is safely on the disk. The same content twice is one file.
   * Throws `FileTooLarge` as soon as more than `maxBytes` has come; nothing is kept then.
   */
  put(content: Uint8Array | AsyncIterable<Uint8Array>, options: { maxBytes: number }): Promise<StoredFile>
  /** The content as a stream, opened before this returns. Throws `NoSuchFile`. */
  get(id: string): Promise<Readable>
  /** The file's size, or undefined when there is none under this id. */
  find(id: string): Promise<StoredFile | undefined>
  /** Removes the file and what was derived from it; removing what is not there is fine. */
  remove(id: string): Promise<void>
  /** Reads the whole file and says whether it still is what was put in. */
  verify(id: string): Promise<'intact' | 'damaged' | 'missing'>
  /**
   * Something made from a stored file (a thumbnail), kept beside it under `name` and removed with it; `make` gets the
   * whole content and runs on the first call only. Throws `NoSuchFile`.
   */
  derive(id: string, name: string, make: (content: Buffer) => Promise<Uint8Array>): Promise<Buffer>
}

export class FileTooLarge extends Error {
  readonly limit: number
  constructor(limit: number) {
    super(`More than ${limit} bytes`)
    this.name = 'FileTooLarge'
    this.limit = limit
  }
}

export class NoSuchFile extends Error {
  constructor() {
    super('No such file')
    this.name = 'NoSuchFile'
  }
}

const ABANDONED_AFTER_MS = 24 * 3600 * 1000

/**
 * Opens a file store in a local folder, which is made if need be. Layout: `ab/cd/<id>` for content (65,536 folders keep
 * each one small), `derived/ab/cd/<id>.<name>` for what is made from it, `incoming/` for what is being written.
 * Several processes may use one folder: a file appears by a rename and never changes afterwards.
 */
export async function openFileStore({ dir }: { dir: string }): Promise<FileStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const root = await realpath(dir)
  const incoming = join(root, 'incoming')
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  await sweep(incoming)

  const contentPath = (id: string) => join(root, id.slice(0, 2), id.slice(2, 4), id)
  const derivedFolder = (id: string) => join(root, 'derived', id.slice(0, 2), id.slice(2, 4))
  const underWay = new Map<string, Promise<Buffer>>()

  async function put(content: Uint8Array | AsyncIterable<Uint8Array>, { maxBytes }: { maxBytes: number }) {
    const temporary = join(incoming, randomUUID())
    try {
      const stored = await writeNew(temporary, content, maxBytes)
      await settle(temporary, contentPath(stored.id))
      return stored
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  }

  async function get(id: string) {
    const handle = await openStored(id)
    return handle.createReadStream()
  }

  async function find(id: string) {
    if (!isId(id)) return undefined
    const found = await stat(contentPath(id)).catch(ifAbsent)
    return found?.isFile() ? { id, size: found.size } : undefined
  }

  async function remove(id: string) {
    if (!isId(id)) return
    await rm(contentPath(id), { force: true })
    const names = await readdir(derivedFolder(id)).catch(ifAbsent)
    const own = (names ?? []).filter((name) => name.startsWith(`${id}.`))
    await Promise.all(own.map((name) => rm(join(derivedFolder(id), name), { force: true })))
  }

  async function verify(id: string) {
    const handle = await openStored(id).catch((error: unknown) => {
      if (error instanceof NoSuchFile) return undefined
      throw error
    })
    if (!handle) return 'missing'
    const hash = createHash('sha256')
    for await (const chunk of handle.createReadStream()) hash.update(chunk as Buffer)
    return hash.digest('hex') === id ? 'intact' : 'damaged'
  }

  async function derive(id: string, name: string, make: (content: Buffer) => Promise<Uint8Array>) {
    if (!/^[a-z0-9][a-z0-9.-]{0,40}$/.test(name)) throw new Error(`Not a name for a derived file: ${name}`)
    if (!(await find(id))) throw new NoSuchFile()
    const path = join(derivedFolder(id), `${id}.${name}`)
    const existing = await readWhole(path).catch(ifAbsent)
    if (existing) return existing
    // One picture asked for by twenty readers at once is made once. Another process may make it too: same bytes.
    const making = underWay.get(path) ?? makeDerived(id, path, make).finally(() => underWay.delete(path))
    underWay.set(path, making)
    return making
  }

  async function makeDerived(id: string, path: string, make: (content: Buffer) => Promise<Uint8Array>) {
    const made = Buffer.from(await make(await buffer(await get(id))))
    const temporary = join(incoming, randomUUID())
    try {
      await writeNew(temporary, made, made.length)
      await settle(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
    // Removed meanwhile: then nothing made from it may stay behind.
    if (!(await find(id))) await rm(path, { force: true })
    return made
  }

  async function openStored(id: string): Promise<FileHandle> {
    if (!isId(id)) throw new NoSuchFile()
    const handle = await openPlain(contentPath(id)).catch(ifAbsent)
    if (!handle) throw new NoSuchFile()
    return handle
  }

  return { put, get, find, remove, verify, derive }
}

// The only form an id may have, and so the only thing of a caller's that ever becomes part of a path.
const isId = (id: string) => /^[0-9a-f]{64}$/.test(id)

// O_NOFOLLOW: a link that someone laid into the folder is not read.
const openPlain = (path: string) => open(path, constants.O_RDONLY | constants.O_NOFOLLOW)

async function readWhole(path: string): Promise<Buffer> {
  const handle = await openPlain(path)
  try {
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

async function writeNew(path: string, content: Uint8Array | AsyncIterable<Uint8Array>, maxBytes: number) {
  const handle = await open(path, 'wx', 0o600)
  try {
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      size += chunk.length
      if (size > maxBytes) throw new FileTooLarge(maxBytes)
      hash.update(chunk)
      await writeAll(handle, chunk)
    }
    await handle.sync()
    return { id: hash.digest('hex'), size }
  } finally {
    await handle.close()
  }
}

async function writeAll(handle: FileHandle, chunk: Uint8Array) {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten
}

/** Moves a finished file to its place. Over an equal one that is already there this is harmless, and heals a damaged one. */
async function settle(temporary: string, path: string) {
  const first = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await rename(temporary, path)
  await syncFolder(dirname(path))
  // Folders that were just made must survive a power cut too, and their entries live in the folders above.
  if (first)
    for (let made = dirname(path); made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

async function syncFolder(path: string) {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes what a process that died left half written. Younger files may belong to another process that is writing. */
async function sweep(incoming: string) {
  for (const name of await readdir(incoming)) {
    const path = join(incoming, name)
    const found = await stat(path).catch(ifAbsent)
    if (found && Date.now() - found.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true, recursive: true })
  }
}

function ifAbsent(error: unknown): undefined {
  const code = (error as NodeJS.ErrnoException).code
  // ELOOP is what O_NOFOLLOW answers for a link.
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
  throw error
}
