import type pg from 'pg'
import { CannotStart } from '#src/platform/cannot-start.ts'

/** A table as it is copied: without columns the database makes itself. */
export type CopiedTable = { name: string; columns: string[] }

/**
 * What begins anew after a restore, and why. Everything else is copied, so that a new table cannot be forgotten. The job
 * queue lies in a schema of its own and begins anew too: what is on a schedule is put there at the start.
 */
export const begunAnew: Readonly<Record<string, string>> = {
  schema_migration: 'written by the migrations that make the tables',
  event_log: 'for pages that are open; its places are transactions of the old database',
  event_pruned: 'a place in that log',
  session: 'who was signed in signs in again: a sign-out after the backup must not be undone',
  sign_in_step: 'half-finished sign-ins, gone after minutes',
  throttle: 'counts of minutes and hours',
  check_count: 'counts of minutes and hours',
  message_inbound_held: 'who wrote in the minutes before it: answered since, or too late to be',
}

/** All tables that are copied, each after those it refers to. */
export async function copiedTables(client: pg.Client): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable & { refers: string[] }>(
    `select c.relname as name,
       (select json_agg(a.attname order by a.attnum) from pg_attribute a
         where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       (select coalesce(json_agg(distinct f.relname), '[]') from pg_constraint k join pg_class f on f.oid = k.confrelid
         where k.conrelid = c.oid and k.contype = 'f' and f.oid <> c.oid) as refers
     from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1)
     order by c.relname`,
    [Object.keys(begunAnew)],
  )
  const ordered: CopiedTable[] = []
  const placed = new Set<string>()
  let waiting = rows
  while (waiting.length > 0) {
    const ready = waiting.filter((table) => table.refers.every((name) => placed.has(name)))
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${waiting.map((table) => table.name).join(', ')}`)
    for (const { name, columns } of ready) {
      ordered.push({ name, columns })
      placed.add(name)
    }
    waiting = waiting.filter((table) => !placed.has(table.name))
  }
  return ordered
}

/** `"account" ("id", "name")`, for COPY. */
export const target = (client: pg.Client, { name, columns }: CopiedTable): string =>
  `${client.escapeIdentifier(name)} (${columns.map((column) => client.escapeIdentifier(column)).join(', ')})`

/** Values are written and read the same way on every server, whatever it is set to. */
export const plainly = (client: pg.Client): Promise<unknown> =>
  client.query(`set client_encoding = 'UTF8'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set timezone = 'UTC';
    set extra_float_digits = 1; set bytea_output = 'hex'; set synchronize_seqscans = off;
    set statement_timeout = 0; set lock_timeout = 0; set idle_in_transaction_session_timeout = 0`)

/** Names of the migrations that have run, in order. */
export async function migrationsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ there: string | null }>(
    `select to_regclass('public.schema_migration') as there`,
  )
  if (!rows[0]?.there) throw new CannotStart('There is nothing of Pilar in this database yet: nothing to back up.')
  const ran = await client.query<{ name: string }>('select name from schema_migration order by id')
  return ran.rows.map((row) => row.name)
}
