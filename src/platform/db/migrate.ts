import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { runner } from 'node-pg-migrate'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { installJobs } from '#src/platform/jobs/install.ts'
import { type Origin, withClient } from './owner.ts'

/** Plain SQL, forward only, in the order of their numbers. */
export const MIGRATIONS = path.join(import.meta.dirname, '../../../migrations')

/**
 * Brings the database up to date: all pending migrations in one transaction, then the job queue. Processes that start
 * together take turns: the second waits for the first and finds nothing left to do.
 *
 * @param ownerUrl the role that owns the tables
 * @param options.first only so many pending migrations, for bringing a backup of an earlier release back
 * @returns the names of the migrations that ran, in order
 */
export async function migrate(
  ownerUrl: string,
  options: { onProgress?: (line: string) => void; origin?: Origin; first?: number } = {},
): Promise<string[]> {
  const onProgress = options.onProgress ?? (() => {})
  return withClient(ownerUrl, options.origin ?? {}, async (client) => {
    await refuseNewer(await appliedNames(client))
    const failures: string[] = []
    try {
      const ran = await runner({
        dbClient: client,
        dir: MIGRATIONS,
        ignorePattern: '(?!\\d{4}_.*\\.sql$).*',
        migrationsTable: 'schema_migration',
        direction: 'up',
        ...(options.first !== undefined && { count: options.first }),
        advisoryLockMode: 'wait',
        logger: {
          info: (line: string) => {
            const name = /MIGRATION (\S+) \(UP\)/.exec(line)?.[1]
            if (name) onProgress(`Migration ${name}`)
          },
          warn: onProgress,
          error: (line: string) => failures.push(line),
        },
      })
      await client.query(
        `comment on table schema_migration is 'Which migrations have run. Reference data: only the owner reads it.'`,
      )
      await installJobs(client)
      return ran.map((migration) => migration.name)
    } catch (error) {
      // The runner tells the whole file; its end holds the line, the caret and the reason.
      if (error instanceof Error && failures[0])
        error.message += `\n${failures[0].trim().split('\n').slice(-8).join('\n')}`
      throw error
    }
  })
}

async function appliedNames(client: { query(sql: string): Promise<{ rows: unknown[] }> }): Promise<string[]> {
  const { rows: found } = await client.query(`select to_regclass('public.schema_migration') as there`)
  if (!(found[0] as { there: string | null }).there) return []
  const { rows } = await client.query('select name from schema_migration order by id')
  return rows.map((row) => (row as { name: string }).name)
}

async function refuseNewer(applied: string[]): Promise<void> {
  const known = new Set((await readdir(MIGRATIONS)).map((file) => path.basename(file, '.sql')))
  const unknown = applied.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    throw new CannotStart(
      `This database was brought up to date by a newer Pilar (${unknown.join(', ')}). Start that version, or another database.`,
    )
  }
}
