import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { type Origin, withClient } from '#src/platform/db/owner.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { type About, FORMAT, keyPrint, type Manifest } from './format.ts'
import { begunAnew, plainly, target } from './tables.ts'
import { BrokenArchive, readTar, type TarEntry } from './tar.ts'

export type Restoring = {
  ownerUrl: string
  origin?: Origin
  /** gets `files/` and, unless `secret` is given, the key */
  dataFolder: string
  /** the key, where it comes from the environment */
  secret: Buffer | undefined
  file: string
  onProgress?: (line: string) => void
}

export type Restored = { about: About; rows: number; files: number }

/** Refuses what a restore would overwrite: a data folder with something in it. */
export async function refuseFilled(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (names.length > 0)
    throw new CannotStart(
      `${folder} is not empty, and a restore overwrites nothing. Stop Pilar and move it away, or set PILAR_DATA to a new folder.`,
    )
}

/** Takes away what a restore that failed has put into the data folder, which was empty before. */
export async function emptyAgain(folder: string): Promise<void> {
  // As root the cluster may lie elsewhere, with a link to it here.
  const cluster = await realpath(path.join(folder, 'postgres')).catch(() => undefined)
  if (cluster && !cluster.startsWith(`${await realpath(folder)}${path.sep}`))
    await rm(path.dirname(cluster), { recursive: true, force: true })
  for (const name of await readdir(folder).catch(() => []))
    await rm(path.join(folder, name), { recursive: true, force: true })
}

/**
 * Puts an archive into a new database and an empty data folder: the tables as they were when it was taken, their rows in
 * one transaction, then what has changed in the tables since. Either all of it is there afterwards or no row.
 */
export async function restoreBackup(restoring: Restoring): Promise<Restored> {
  const { ownerUrl, origin = {}, file, onProgress = () => {} } = restoring
  try {
    const entries = readTar(unpacked(file))
    const about = await readAbout(entries, file)
    await withClient(ownerUrl, origin, refuseUsed)
    onProgress(`Making the tables of ${about.takenAt}`)
    const ran = await migrate(ownerUrl, { origin, first: about.migrations.length })
    if (ran.join() !== about.migrations.join())
      throw new CannotStart(
        `${file} was made by another Pilar: its migrations are not those of this one (${about.migrations.at(-1) ?? 'none'}). Restore it with the version it was made by, or a newer one.`,
      )
    const counts = await withClient(ownerUrl, origin, (client) => fill(client, { ...restoring, about, entries }))
    const later = await migrate(ownerUrl, { origin })
    if (later.length > 0) onProgress(`Database brought up to date by ${later.length} migrations`)
    return { about, ...counts }
  } catch (error) {
    throw explained(error, file)
  }
}

async function* unpacked(file: string): AsyncGenerator<Buffer> {
  const bytes = createReadStream(file)
  const plain = createGunzip()
  bytes.on('error', (error) => plain.destroy(error))
  try {
    yield* bytes.pipe(plain) as AsyncIterable<Buffer>
  } finally {
    bytes.destroy()
  }
}

async function readAbout(entries: AsyncGenerator<TarEntry>, file: string): Promise<About> {
  const first = await entries.next()
  if (first.done || first.value.name !== 'about.json') throw new BrokenArchive('it does not begin as one')
  const about = JSON.parse((await buffer(first.value.body)).toString()) as About
  if (about.format !== FORMAT)
    throw new CannotStart(`${file} was made by a newer Pilar (form ${String(about.format)}). Restore it with that one.`)
  return about
}

async function refuseUsed(client: pg.Client): Promise<void> {
  const { rows } = await client.query(
    `select from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' limit 1`,
  )
  if (rows.length > 0)
    throw new CannotStart(
      'This database is not empty, and a restore overwrites nothing. Make a new one (createdb --owner=pilar_owner --encoding=UTF8 --template=template0 --locale=C.UTF-8) and point DATABASE_URL and DATABASE_OWNER_URL to it.',
    )
}

type Filling = Restoring & { about: About; entries: AsyncGenerator<TarEntry> }

async function fill(client: pg.Client, filling: Filling): Promise<{ rows: number; files: number }> {
  const { about, entries, dataFolder, onProgress = () => {} } = filling
  const names = about.tables.map((table) => client.escapeIdentifier(table.name))
  await plainly(client)
  await client.query('begin')
  // Foreign keys are looked at after each table, which comes after those it refers to.
  await client.query('set constraints all immediate')
  // What triggers made of these rows is among the rows.
  for (const name of names) await client.query(`alter table ${name} disable trigger user`)
  await client.query(`truncate ${[...names, ...(await emptied(client))].join(', ')}`)
  const came = await takeEntries(client, filling, entries)
  for (const { name, last } of about.sequences)
    await client.query('select setval(quote_ident($1)::regclass, $2::bigint)', [name, last])
  for (const name of names) await client.query(`alter table ${name} enable trigger user`)
  await client.query(`select set_config('app.role', 'system', true)`)
  // What waited to be sent then was sent since, or is too late: nobody is written to twice.
  if (about.tables.some((table) => table.name === 'message'))
    await client.query(
      `update message set state = 'cancelled', fault = 'restored', ended_at = now() where state in ('waiting', 'sending')`,
    )
  await client.query(
    `select record_act('load', 'database', current_database(), '00', jsonb_build_object('takenAt', $1::text), 'restore')`,
    [about.takenAt],
  )
  await client.query('commit')
  await client.query(`analyze ${names.join(', ')}`)
  onProgress(`${came.rows} rows and ${came.files} files are back in ${dataFolder} and the database`)
  return came
}

/** What begins anew and is there in the tables of that backup: empty, also of what the migrations wrote. */
async function emptied(client: pg.Client): Promise<string[]> {
  const kept = ['schema_migration', 'event_pruned']
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any ($1)`,
    [Object.keys(begunAnew).filter((name) => !kept.includes(name))],
  )
  return rows.map(({ relname }) => client.escapeIdentifier(relname))
}

async function takeEntries(
  client: pg.Client,
  { about, dataFolder, secret, onProgress = () => {} }: Filling,
  entries: AsyncGenerator<TarEntry>,
): Promise<{ rows: number; files: number }> {
  const store = await openFileStore({ dir: path.join(dataFolder, 'files') })
  const came: Manifest = { tables: {}, files: { count: 0, bytes: 0 } }
  for (const table of about.tables) came.tables[table.name] = { rows: 0, sha256: emptySha256 }
  let copying: Copying | undefined
  const finish = async () => {
    if (copying) came.tables[copying.table] = await copying.end()
    copying = undefined
  }
  if (secret) await checkKey(secret, about)
  for await (const { name, size, body } of entries) {
    const [kind, part = ''] = name.split('/')
    if (kind !== 'database' || part !== copying?.table) await finish()
    if (kind === 'database') {
      if (!copying) {
        const table = about.tables.find((one) => one.name === part)
        if (!table) throw new BrokenArchive(`it holds rows of ${part}, which it does not name`)
        onProgress(`Restoring ${part}`)
        copying = beginCopy(client, table)
      }
      for await (const chunk of body) await copying.write(chunk)
    } else if (kind === 'key') {
      const key = Buffer.from((await buffer(body)).toString().trim(), 'hex')
      await checkKey(key, about)
      if (!secret) await keepKey(dataFolder, key)
    } else if (kind === 'files') {
      const { id } = await store.put(body, { maxBytes: size })
      if (id !== path.posix.basename(name)) throw new BrokenArchive(`the file ${name} is damaged`)
      came.files.count++
      came.files.bytes += size
    } else if (name === 'manifest.json') {
      compare(JSON.parse((await buffer(body)).toString()) as Manifest, came)
      if (!about.keyIncluded && !secret)
        throw new CannotStart(
          'The key of this installation was kept outside the backup. Set PILAR_SECRET to it and restore again.',
        )
      const rows = Object.values(came.tables).reduce((sum, table) => sum + table.rows, 0)
      return { rows, files: came.files.count }
    }
  }
  throw new BrokenArchive('its end is missing')
}

const emptySha256 = createHash('sha256').digest('hex')

type Copying = {
  table: string
  write(chunk: Buffer): Promise<void>
  end(): Promise<{ rows: number; sha256: string }>
}

function beginCopy(client: pg.Client, table: About['tables'][number]): Copying {
  const input = new PassThrough()
  const hash: Hash = createHash('sha256')
  let rows = 0
  const done = pipeline(input, client.query(copyFrom(`copy ${target(client, table)} from stdin`)))
  done.catch(() => {})
  return {
    table: table.name,
    async write(chunk) {
      hash.update(chunk)
      for (const byte of chunk) if (byte === 10) rows++
      if (input.destroyed) return done
      if (!input.write(chunk)) await Promise.race([once(input, 'drain'), done])
    },
    async end() {
      input.end()
      await done
      return { rows, sha256: hash.digest('hex') }
    },
  }
}

function compare(wanted: Manifest, came: Manifest): void {
  for (const [name, table] of Object.entries(wanted.tables))
    if (came.tables[name]?.sha256 !== table.sha256 || came.tables[name].rows !== table.rows)
      throw new BrokenArchive(`the rows of ${name} are not those that were written`)
  if (wanted.files.count !== came.files.count || wanted.files.bytes !== came.files.bytes)
    throw new BrokenArchive('files are missing')
}

async function checkKey(key: Buffer, about: About): Promise<void> {
  if (keyPrint(key) !== about.keyPrint)
    throw new CannotStart(
      'This is not the key the backup was made with: set PILAR_SECRET to that one, or leave it out where the backup holds it.',
    )
}

async function keepKey(folder: string, key: Buffer): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o711 })
  const file = path.join(folder, 'secret')
  if (await stat(file).catch(() => undefined)) throw new CannotStart(`${file} is there already. Move it away first.`)
  await writeFile(file, `${key.toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true })
}

function explained(error: unknown, file: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return new CannotStart(`${file} cannot be read (${code}).`, { cause: error })
  if (error instanceof BrokenArchive || code?.startsWith('Z_') || error instanceof SyntaxError)
    return new CannotStart(
      `${file} is not a whole backup: ${(error as Error).message}. Take another one; nothing was restored.`,
      { cause: error },
    )
  return error
}
