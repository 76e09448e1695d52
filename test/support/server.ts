import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '#src/app.ts'
import { sweep } from '#src/complaints/sweep.ts'
import type { Db } from '#src/platform/db/index.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { mountWeb } from '#src/platform/http/web.ts'
import { fullTestDatabase, testDatabase, type TestDatabase } from './postgres.ts'

const root = path.resolve(import.meta.dirname, '../..')
const buildDir = path.join(root, 'build/web')

export type TestServer = {
  /** http://127.0.0.1:<port>, without a slash at the end. */
  url: string
  app: FastifyInstance
  db: Db
  sql: TestDatabase['sql']
  /** What the application connects as. */
  appUrl: string
  clock: {
    now: () => Date
    /** Jumps; nothing that would have happened on the way happens. */
    set: (at: Date | string) => void
    /** Lets time pass in steps of some hours and does what time alone does to complaints. */
    advanceTo: (at: Date | string, stepHours?: number) => Promise<void>
  }
  close: () => Promise<void>
}

/**
 * The whole application with its built pages on a port of its own and a fresh database, closed when the file ends.
 * Builds the pages once when they are not there; `npm test` has built them already.
 */
export async function startTestServer(options: { at?: Date | string; full?: boolean } = {}): Promise<TestServer> {
  let now = new Date(options.at ?? '2026-11-19T02:00:00Z')
  const database = await (options.full ? fullTestDatabase : testDatabase)({ clock: () => now })
  const folder = await mkdtemp(path.join(tmpdir(), 'pilar-e2e-'))
  const app = await buildApp({
    db: database.db,
    files: await openFileStore({ dir: path.join(folder, 'files') }),
    baseUrl: 'http://127.0.0.1',
    secret: Buffer.alloc(32, 7),
    logger: { level: 'error' },
  })
  if (!existsSync(path.join(buildDir, 'handler.js')))
    execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  await mountWeb(app, { buildDir })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  app.baseUrl = url

  let closed: Promise<void> | undefined
  const close = () =>
    (closed ??= (async () => {
      await app.close()
      await rm(folder, { recursive: true, force: true })
      await database.drop()
    })())
  after(close)
  return {
    url,
    app,
    db: database.db,
    sql: database.sql,
    appUrl: database.appUrl,
    clock: {
      now: () => now,
      set: (at) => void (now = new Date(at)),
      advanceTo: async (at, stepHours = 6) => {
        const end = new Date(at)
        while (now < end) {
          now = new Date(Math.min(end.getTime(), now.getTime() + stepHours * 3_600_000))
          await sweep(database.db, (error) => {
            throw error
          })
        }
      },
    },
    close,
  }
}
