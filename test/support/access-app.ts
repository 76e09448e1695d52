import { after } from 'node:test'
import type { OidcSettings } from '#src/access/index.ts'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { type TestDatabase, testDatabase } from './postgres.ts'

/** The whole application on a fresh database, with a clock the test turns. No pages, and no files (sign-in needs none). */
export async function accessApp(options: { oidc?: OidcSettings; baseUrl?: string; at?: string } = {}) {
  let now = new Date(options.at ?? '2026-11-23T02:00:00Z')
  const database: TestDatabase = await testDatabase({ clock: () => now, max: 10 })
  const app = await buildApp({
    db: database.db,
    files: {} as FileStore,
    baseUrl: options.baseUrl ?? 'http://localhost',
    secret: Buffer.alloc(32, 7),
    ...(options.oidc && { oidc: options.oidc }),
  })
  after(() => app.close())
  return {
    app,
    db: database.db,
    sql: database.sql,
    /** Lets time pass. */
    later: (seconds: number) => void (now = new Date(now.getTime() + seconds * 1000)),
    now: () => now,
  }
}
