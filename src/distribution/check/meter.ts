import { createHmac, createSecretKey, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'

/*
 * Counting tries without asking the database each time: in memory, added to the shared table and read from it twice a second, so
 * that every process knows within a second what all of them have counted. Decision 0026.
 */

/** A process that answers adds and reads this often, in ms; after twice as long in silence it asks before it answers. */
const EVERY = 500
/** What other processes changed is read from so many seconds before the last time: theirs may have been under way. */
const OVERLAP = 3
/** A count is told to others by this part of its limit, three thousand by the thirty; who tries only once is not told. */
const SHARES = 100
/** Counts whose window is over are forgotten this often, in ms. */
const SWEEP = 30_000

/** So many tries in a running window of so many seconds. */
export type Limit = { hits: number; seconds: number }

export type Meter = {
  /** Counts one try in the running window; gives how many there are now, and the seconds left of it. */
  hit: (kind: string, subject: string, limit: Limit) => { hits: number; left: number }
  /** Before counting: waits where what others counted was last heard too long ago. */
  fresh: () => Promise<void>
  /** Adds what was counted here, all of it or what is worth telling by now, and reads what was counted elsewhere. */
  sync: (what?: 'all' | 'due') => Promise<void>
}

type Count = { hits: number; unsent: number; due: number; endsAt: number }

/** `also` is done in the same transaction, each time. */
export function makeMeter(db: Db, secret: Buffer, also: (tx: Tx) => Promise<void>): Meter {
  const process = randomUUID()
  const sealing = createSecretKey(secret)
  const counts = new Map<string, Count>()
  /** Subject and window → the keyed hash under which they are counted. */
  const hashes = new Map<string, string>()
  /** Keys of counts that are worth telling. */
  const due = new Set<string>()
  let heardAt = -Infinity
  let sweptAt = -Infinity
  let since: Date | null = null
  let running: Promise<void> | undefined

  const exchange = async (what: 'all' | 'due') => {
    if (what === 'all') for (const [key, { unsent }] of counts) if (unsent > 0) due.add(key)
    // In one order, so that two processes never wait for each other.
    const sent = [...due].toSorted().map((key) => ({ key, added: counts.get(key)?.unsent ?? 0, endsAt: counts.get(key)?.endsAt ?? 0 })) // prettier-ignore
    due.clear()
    const now = db.clock()
    const began = performance.now()
    const read = await db
      .asSystem('cek bansos: count tries', async (tx) => {
        const { rows: ours } = await sql<{ key: string; hits: number }>`
          insert into check_count as c (key, hits, changed_at, changed_by, ends_at)
          select key, added, clock_timestamp(), ${process}, ends_at
          from unnest(${sent.map((one) => one.key)}::text[], ${sent.map((one) => one.added)}::int[],
            ${sent.map((one) => new Date(one.endsAt).toISOString())}::timestamptz[]) s (key, added, ends_at)
          on conflict (key) do update set hits = c.hits + excluded.hits, changed_at = excluded.changed_at, changed_by = excluded.changed_by
          returning key, hits`.execute(tx)
        await also(tx)
        const { rows: theirs } = await sql<{ key: string | null; hits: number; ends: number; asked_at: Date }>`
          select c.key, c.hits, extract(epoch from c.ends_at)::float8 * 1000 as ends, t.asked_at from (select clock_timestamp() asked_at) t
          left join check_count c on c.ends_at > ${now.toISOString()} and c.changed_by is distinct from ${process}
            and (${since}::timestamptz is null or c.changed_at > ${since}::timestamptz)`.execute(tx)
        return { ours, theirs }
      })
      .catch((error: unknown) => {
        for (const { key } of sent) due.add(key)
        throw error
      })
    for (const { key, added } of sent) {
      const count = counts.get(key)
      if (count) count.unsent -= added
    }
    for (const { key, hits } of read.ours) {
      const count = counts.get(key)
      if (count) count.hits = hits
    }
    for (const { key, hits, ends, asked_at } of read.theirs) {
      since = new Date(asked_at.getTime() - OVERLAP * 1000)
      if (key === null) continue
      const known = counts.get(key)
      if (known) known.hits = Math.max(known.hits, hits)
      else counts.set(key, { hits, unsent: 0, due: 1, endsAt: ends })
    }
    if (began - sweptAt > SWEEP) {
      sweptAt = began
      for (const [key, count] of counts) if (count.endsAt <= now.getTime() && !due.has(key)) counts.delete(key)
      for (const [subject, key] of hashes) if (!counts.has(key)) hashes.delete(subject)
    }
    heardAt = began
  }
  const sync = (what: 'all' | 'due' = 'due'): Promise<void> =>
    // What is under way has not heard of what was counted since it began.
    running && what === 'all'
      ? running.catch(() => {}).then(() => sync('all'))
      : (running ??= exchange(what).finally(() => (running = undefined)))
  let isPlanned = false
  // Once more after the last try, so that it does not stay untold; a failure is met again by the next try.
  const plan = () => {
    if (isPlanned) return
    isPlanned = true
    setTimeout(() => {
      isPlanned = false
      sync().catch(() => {})
    }, EVERY).unref()
  }

  return {
    sync,
    fresh: async () => {
      if (performance.now() - heardAt > 2 * EVERY) await sync()
    },
    hit: (kind, subject, { hits, seconds }) => {
      const now = db.clock().getTime()
      const window = Math.floor(now / 1000 / seconds)
      const endsAt = (window + 1) * seconds * 1000
      const plain = `${kind} ${window} ${subject}`
      let key = hashes.get(plain)
      if (key === undefined) {
        key = createHmac('sha256', sealing).update(`check\0${plain}`).digest('base64url')
        hashes.set(plain, key)
      }
      let count = counts.get(key)
      if (!count) counts.set(key, (count = { hits: 0, unsent: 0, due: 1, endsAt }))
      count.due = Math.max(hits > 1 ? 2 : 1, Math.floor(hits / SHARES))
      if (++count.unsent >= count.due) due.add(key)
      plan()
      return { hits: count.hits + count.unsent, left: Math.max(1, Math.ceil((endsAt - now) / 1000)) }
    },
  }
}
