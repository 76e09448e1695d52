import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { type Origin, withClient } from '#src/platform/db/owner.ts'
import { type About, FORMAT, keyPrint, type Manifest } from './format.ts'
import { copiedTables, migrationsOf, plainly, target } from './tables.ts'
import { tarEnd, tarMember } from './tar.ts'

/** Rows go into the archive in pieces of this size: tar wants to know a size beforehand. */
const PIECE = 4 * 1024 * 1024
const NEWLINE = 10

export type Taking = {
  ownerUrl: string
  origin?: Origin
  /** holds `files/` and, unless `secret` is given, the key */
  dataFolder: string
  /** the key, where it came from the environment: it is not put into the archive */
  secret: Buffer | undefined
  /** where the archive goes; must not be there yet */
  file: string
  onProgress?: (line: string) => void
}

export type Taken = {
  head: string | null
  rows: number
  files: number
  /** files that records of the backup refer to and that are not in the store */
  missingFiles: number
  bytes: number
}

/**
 * Writes database, files and key into one archive, beside a Pilar that works or without one. All rows are of one moment
 * (one snapshot); files never change once they are there, and are read after the rows that refer to them.
 */
export async function takeBackup(taking: Taking): Promise<Taken> {
  const { file, dataFolder, onProgress = () => {} } = taking
  if (await stat(file).catch(() => undefined))
    throw new CannotStart(`${file} is there already, and a backup overwrites nothing. Name another file.`)
  const key = taking.secret ?? (await keyOf(dataFolder))
  const partial = `${file}.part`
  const made = { rows: 0, files: 0, missingFiles: 0, head: null as string | null }
  await withClient(taking.ownerUrl, taking.origin ?? {}, async (client) => {
    await plainly(client)
    // In a transaction of its own: who took everything along is part of what was taken.
    await writeDown(client)
    await client.query('begin isolation level repeatable read, read only')
    const about: About = { ...(await describe(client)), keyPrint: keyPrint(key), keyIncluded: !taking.secret }
    made.head = about.head
    try {
      await pipeline(
        Readable.from(archive({ client, about, key, dataFolder, made, onProgress }), { objectMode: false }),
        createGzip(),
        createWriteStream(partial, { mode: 0o600, flush: true }),
      )
      await rename(partial, file)
    } catch (error) {
      await rm(partial, { force: true })
      throw explained(error, file)
    }
    await client.query('commit')
  })
  return { ...made, bytes: (await stat(file)).size }
}

type Writing = {
  client: pg.Client
  about: About
  key: Buffer
  dataFolder: string
  made: { rows: number; files: number; missingFiles: number }
  onProgress: (line: string) => void
}

async function* archive({ client, about, key, dataFolder, made, onProgress }: Writing): AsyncGenerator<Uint8Array> {
  const manifest: Manifest = { tables: {}, files: { count: 0, bytes: 0 } }
  yield* json('about.json', about)
  const tell = every(5000, onProgress)
  for (const table of about.tables) {
    const hash = createHash('sha256')
    let rows = 0
    let piece = 0
    for await (const content of pieces(client.query(copyTo(`copy ${target(client, table)} to stdout`)))) {
      hash.update(content)
      // In COPY's text a line break inside a value is written as \n: every real one ends a row.
      for (const byte of content) if (byte === NEWLINE) rows++
      yield* tarMember(`database/${table.name}/${String(++piece).padStart(6, '0')}.copy`, content.length, [content])
      tell(`${table.name}: ${rows} rows`)
    }
    manifest.tables[table.name] = { rows, sha256: hash.digest('hex') }
    made.rows += rows
  }
  onProgress(`${made.rows} rows of ${about.tables.length} tables`)
  if (about.keyIncluded) {
    const content = Buffer.from(`${key.toString('hex')}\n`)
    yield* tarMember('key', content.length, [content])
  }
  const wanted = await filesReferredTo(client)
  for await (const { id, from, size } of storedFiles(path.join(dataFolder, 'files'))) {
    yield* tarMember(`files/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}`, size, from)
    manifest.files.count++
    manifest.files.bytes += size
    wanted.delete(id)
    tell(`${manifest.files.count} files`)
  }
  made.files = manifest.files.count
  made.missingFiles = wanted.size
  onProgress(`${made.files} files`)
  yield* json('manifest.json', manifest)
  yield tarEnd()
}

async function keyOf(folder: string): Promise<Buffer> {
  const file = path.join(folder, 'secret')
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CannotStart(
      `The key of this installation cannot be read (${file}). Set PILAR_DATA to its data folder, or PILAR_SECRET to its key.`,
      { cause: error },
    )
  })
  return Buffer.from(text.trim(), 'hex')
}

async function writeDown(client: pg.Client): Promise<void> {
  await client.query('begin')
  await client.query(`select set_config('app.role', 'system', true)`)
  await client.query(`select record_act('export', 'database', current_database(), '00', '{}', 'backup')`)
  await client.query('commit')
}

async function describe(client: pg.Client): Promise<Omit<About, 'keyPrint' | 'keyIncluded'>> {
  const migrations = await migrationsOf(client)
  const { rows } = await client.query<{ at: Date; version: string; head: string | null }>(
    `select now() as at, current_setting('server_version') as version,
       (select s.position || ':' || encode(s.hash, 'hex') from audit_seal s order by s.position desc limit 1) as head`,
  )
  const [server] = rows
  if (!server) throw new Error('the server says nothing about itself')
  const sequences = await client.query<{ name: string; last: string }>(
    `select sequencename as name, last_value::text as last from pg_sequences
     where schemaname = 'public' and last_value is not null and sequencename not like 'schema\\_migration%' order by 1`,
  )
  return {
    format: FORMAT,
    takenAt: server.at.toISOString(),
    postgres: server.version,
    migrations,
    tables: await copiedTables(client),
    sequences: sequences.rows,
    head: server.head,
  }
}

/** The output of COPY in pieces of some megabytes. */
async function* pieces(copy: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let collected: Buffer[] = []
  let length = 0
  for await (const chunk of copy) {
    collected.push(chunk)
    length += chunk.length
    if (length < PIECE) continue
    yield Buffer.concat(collected)
    collected = []
    length = 0
  }
  if (length > 0) yield Buffer.concat(collected)
}

/** Every table that refers to a stored file does so in a column of this name. */
async function filesReferredTo(client: pg.Client): Promise<Set<string>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'file_id'`,
  )
  const wanted = new Set<string>()
  for (const { name } of tables) {
    const { rows } = await client.query<{ file_id: string }>(
      `select distinct file_id from ${client.escapeIdentifier(name)} where file_id is not null`,
    )
    for (const row of rows) wanted.add(row.file_id)
  }
  return wanted
}

/** What the store holds, without what is only derived or half written. */
async function* storedFiles(
  folder: string,
): AsyncGenerator<{ id: string; size: number; from: AsyncIterable<Uint8Array> }> {
  const names = async (name: string) => (await readdir(name).catch(ifAbsent))?.toSorted() ?? []
  for (const first of (await names(folder)).filter((name) => /^[0-9a-f]{2}$/.test(name)))
    for (const second of await names(path.join(folder, first)))
      for (const id of await names(path.join(folder, first, second))) {
        if (!/^[0-9a-f]{64}$/.test(id)) continue
        const handle = await open(path.join(folder, first, second, id)).catch(ifAbsent)
        // Removed since it was listed: then no row of this moment refers to it any more.
        if (!handle) continue
        try {
          yield { id, size: (await handle.stat()).size, from: handle.createReadStream({ autoClose: false }) }
        } finally {
          await handle.close()
        }
      }
}

function ifAbsent(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

const json = (name: string, content: About | Manifest) => {
  const text = Buffer.from(`${JSON.stringify(content, null, 2)}\n`)
  return tarMember(name, text.length, [text])
}

function every(ms: number, onProgress: (line: string) => void): (line: string) => void {
  let last = Date.now()
  return (line) => {
    if (Date.now() - last < ms) return
    last = Date.now()
    onProgress(line)
  }
}

function explained(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC') return new CannotStart(`The disk is full: ${file} was not written.`, { cause: error })
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR')
    return new CannotStart(`${file} cannot be written (${code}). Name a file in a folder that is there and yours.`, {
      cause: error,
    })
  return error
}
