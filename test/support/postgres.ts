import { rmSync } from 'node:fs'
import { readdir, rm, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import pg from 'pg'
import { connect, type Db } from '#src/platform/db/index.ts'
import { type EmbeddedServer, type Passwords, startEmbedded } from '#src/platform/db/embedded.ts'
import { stopLeftover } from '#src/platform/db/embedded-leftover.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { withClient } from '#src/platform/db/owner.ts'
import { ensureRoles } from '#src/platform/db/roles.ts'
import { loadRegions } from '#src/regions/load.ts'
import { scratch } from './scratch.ts'

/*
 * One PostgreSQL for a whole test run, one migrated template with a few real regions, one clone of it for each test file.
 *
 *   node --test --test-global-setup=test/support/postgres.ts 'src/** /*.test.ts'      one server for all files
 *   node --test src/regions/regions.test.ts                                          a server for this file alone
 */

/** Regencies whose districts and villages are in every test database; all provinces and regencies are. */
export const TEST_REGENCIES = ['32.75', '33.13', '36.73', '36.04', '92.02', '71.01']

const SMALL = 'template_small'
const FULL = 'template_full'
const VARIABLE = 'PILAR_TEST_SERVER'
const FOLDER_PREFIX = 'pilar-test-'

type TestServer = { port: number; passwords: Passwords }
let running: { server: EmbeddedServer; folder: string } | undefined

/**
 * Called by `node --test` once, in its main process; the test files are its children and find the server by a variable.
 * Benchmarks call it with a folder on a disk.
 */
export async function globalSetup(where = scratch): Promise<void> {
  const began = Date.now()
  const { server } = await startTestServer(where)
  process.env[VARIABLE] = JSON.stringify({ port: server.port, passwords: server.passwords } satisfies TestServer)
  console.log(`# PostgreSQL for the tests is ready after ${Date.now() - began} ms`)
}

export async function globalTeardown(): Promise<void> {
  if (!running) return
  const { server, folder } = running
  running = undefined
  await server.stop('immediate')
  await rm(folder, { recursive: true, force: true })
}

export type TestDatabase = {
  /** As the application sees it. */
  db: Db
  appUrl: string
  ownerUrl: string
  /** A statement as the owner, whom no row-level security holds: arranges a test and proves that a negative is not vacuous. */
  sql<Row extends pg.QueryResultRow = Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
  /** Closes and removes the database; done by itself when the file (or the test that asked for it) ends. */
  drop(): Promise<void>
}

export type TestDatabaseOptions = { clock?: () => Date; max?: number }

/** A fresh database with every migration, and the regions of {@link TEST_REGENCIES}. */
export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await findServer()
  return clone(server, SMALL, options)
}

/** The same with all 91,592 regions. The first file of a run that asks waits some seconds for the template. */
export async function fullTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await findServer()
  await makeFullTemplate(server)
  return clone(server, FULL, options)
}

/** A connection string of the test server, for tests about the database itself (roles, backup, starting). */
export async function testServerUrl(role: keyof Passwords, database: string): Promise<string> {
  return url(await findServer(), role, database)
}

function url({ port, passwords }: TestServer, role: keyof Passwords, database: string): string {
  return `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/${database}`
}

async function findServer(): Promise<TestServer> {
  const given = process.env[VARIABLE]
  if (given) return JSON.parse(given) as TestServer
  // One file run alone: a server for this process, until it ends.
  alone ??= startTestServer(scratch).then((started) => {
    process.once('exit', () => {
      process.kill(started.server.pid, 'SIGQUIT')
      // Nothing can be awaited any more; a moment lets the server's processes go before their files do.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150)
      rmSync(started.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    })
    return started
  })
  return (await alone).server
}
let alone: Promise<{ server: EmbeddedServer; folder: string }> | undefined

async function startTestServer(where: string): Promise<{ server: EmbeddedServer; folder: string }> {
  for (const one of new Set([where, tmpdir()])) await sweep(one)
  const folder = await mkdtemp(path.join(where, `${FOLDER_PREFIX}${process.pid}-`))
  const server = await startEmbedded({ folder, durable: false })
  running = { server, folder }
  await ensureRoles(server.url('postgres', 'postgres'), {
    ownerPassword: server.passwords.pilar_owner,
    appPassword: server.passwords.pilar_app,
  })
  await makeTemplate(server, SMALL, TEST_REGENCIES)
  return running
}

/** Runs that were killed leave a server and a folder behind; the folder's name says whose they were. */
async function sweep(where: string): Promise<void> {
  for (const name of await readdir(where)) {
    const pid = Number(new RegExp(`^${FOLDER_PREFIX}(\\d+)-`).exec(name)?.[1])
    if (!pid || isAlive(pid)) continue
    const folder = path.join(where, name)
    await stopLeftover(path.join(folder, 'postgres'), () => {}).catch(() => {})
    await rm(folder, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function makeTemplate(server: TestServer, name: string, only: string[] | undefined): Promise<void> {
  const making = `${name}_making`
  await withClient(url(server, 'postgres', 'postgres'), {}, (client) =>
    client.query(`create database ${making} owner pilar_owner`),
  )
  const ownerUrl = url(server, 'pilar_owner', making)
  await migrate(ownerUrl)
  await loadRegions(ownerUrl, only ? { only } : {})
  await withClient(url(server, 'postgres', making), {}, (client) => client.query('vacuum analyze'))
  await withClient(url(server, 'postgres', 'postgres'), {}, (client) =>
    client.query(`alter database ${making} rename to ${name}`),
  )
}

async function makeFullTemplate(server: TestServer): Promise<void> {
  await withClient(url(server, 'postgres', 'postgres'), {}, async (client) => {
    await client.query('select pg_advisory_lock(7421, 1)')
    const { rows } = await client.query('select 1 from pg_database where datname = $1', [FULL])
    if (rows.length === 0) await makeTemplate(server, FULL, undefined)
  })
}

let clones = 0
async function clone(server: TestServer, template: string, options: TestDatabaseOptions): Promise<TestDatabase> {
  const name = `t_${process.pid}_${++clones}`
  await withClient(url(server, 'postgres', 'postgres'), {}, (client) =>
    client.query(`create database ${name} template ${template} owner pilar_owner strategy file_copy`),
  )
  const appUrl = url(server, 'pilar_app', name)
  const ownerUrl = url(server, 'pilar_owner', name)
  const db = connect(appUrl, { max: options.max ?? 5, ...(options.clock ? { clock: options.clock } : {}) })
  const owner = new pg.Pool({ connectionString: ownerUrl, max: 2, types: { getTypeParser: parserOf } })
  owner.on('error', () => {})
  let dropped: Promise<void> | undefined
  const drop = () =>
    (dropped ??= (async () => {
      await db.close()
      await owner.end()
      // Gone with the whole server if this process is the one that runs it.
      if (!running) await dropDatabase(server, name)
    })())
  after(drop)
  return {
    db,
    appUrl,
    ownerUrl,
    sql: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]) =>
      (await owner.query<Row>(text, values)).rows,
    drop,
  }
}

async function dropDatabase(server: TestServer, name: string): Promise<void> {
  await withClient(url(server, 'postgres', 'postgres'), {}, (client) =>
    client.query(`drop database if exists ${name} with (force)`),
  )
}

/** As the application reads them: days stay text, counts are numbers. */
function parserOf(oid: number, format?: 'text' | 'binary') {
  if (oid === 1082) return (text: string) => text
  if (oid === 20) return Number
  return pg.types.getTypeParser(oid, format as 'text')
}
