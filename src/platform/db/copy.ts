import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/**
 * Sends rows in COPY's text format through the connection of the running transaction. `sql` is 'copy … from stdin'.
 * PostgreSQL allows no COPY into a table under row security: rows go into a temporary table, and on from there by INSERT.
 */
export type Copy = (sql: string, text: Iterable<string>) => Promise<void>

export const copyInto =
  (client: pg.PoolClient): Copy =>
  async (sql, text) => {
    const stream = client.query(copyFrom(sql))
    const ended = finished(stream)
    // A failure is heard below; without this, one that comes while we wait for the drain would end the process.
    ended.catch(() => {})
    for (const piece of text) if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), ended])
    stream.end()
    await ended
  }

/** One connection as a Kysely of its own, which gives it back to nobody. */
export const lend = <Schema>(client: pg.PoolClient): Kysely<Schema> => {
  const lent = new Proxy(client, {
    get: (target, key) => {
      if (key === 'release') return () => {}
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  const pool: unknown = { connect: () => Promise.resolve(lent), end: () => Promise.resolve(), options: {} }
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: pool as pg.Pool }) })
}
