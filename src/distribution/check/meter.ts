import { createHmac } from 'node:crypto'
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

export type Meter = {
  /** Counts one try in the running window of so many seconds; gives how many there are now, and the seconds left of it. */
  hit: (kind: string, subject: string, seconds: number) => { hits: number; left: number }
  /** Before counting: waits where what others counted was last heard too long ago. */
  fresh: () => Promise<void>
  /** Adds what was counted here and reads what was counted elsewhere. */
  sync: () => Promise<void>
}

type Count = { hits: number; unsent: number; endsAt: number }

/** `also` is done in the same transaction, each time. */
export function makeMeter(db: Db, secret: Buffer, also: (tx: Tx) => Promise<void>): Meter {
  const counts = new Map<string, Count>()
  /** Subject and window → the keyed hash under which they are counted. */
  const hashes = new Map<string, string>()
  let heardAt = -Infinity
  let since: Date | null = null
  let running: Promise<void> | undefined

  const exchange = async () => {
    const unsent = [...counts].filter(([, count]) => count.unsent > 0)
    // In one order, so that two processes never wait for each other.
    const sent = unsent.map(([key, { unsent: added, endsAt }]) => ({ key, added, endsAt })).toSorted((a, b) => (a.key < b.key ? -1 : 1)) // prettier-ignore
    const now = db.clock()
    const began = performance.now()
    const rows = await db.asSystem('cek bansos: count tries', async (tx) => {
      if (sent.length > 0)
        await sql`insert into check_count as c (key, hits, changed_at, ends_at)
          select key, added, clock_timestamp(), ends_at
          from unnest(${sent.map((one) => one.key)}::text[], ${sent.map((one) => one.added)}::int[],
            ${sent.map((one) => new Date(one.endsAt).toISOString())}::timestamptz[]) s (key, added, ends_at)
          on conflict (key) do update set hits = c.hits + excluded.hits, changed_at = excluded.changed_at`.execute(tx)
      await also(tx)
      const { rows: read } = await sql<{ key: string | null; hits: number; ends_at: Date; asked_at: Date }>`
        select c.key, c.hits, c.ends_at, t.asked_at from (select clock_timestamp() asked_at) t
        left join check_count c on c.ends_at > ${now.toISOString()} and (${since}::timestamptz is null or c.changed_at > ${since}::timestamptz)`.execute(
        tx,
      )
      return read
    })
    for (const { key, added } of sent) {
      const count = counts.get(key)
      if (count) count.unsent -= added
    }
    for (const row of rows) {
      since = new Date(row.asked_at.getTime() - OVERLAP * 1000)
      if (row.key === null) continue
      const known = counts.get(row.key)
      if (known) known.hits = row.hits
      else counts.set(row.key, { hits: row.hits, unsent: 0, endsAt: row.ends_at.getTime() })
    }
    for (const [key, count] of counts) if (count.endsAt <= now.getTime() && count.unsent === 0) counts.delete(key)
    for (const [subject, key] of hashes) if (!counts.has(key)) hashes.delete(subject)
    heardAt = began
  }
  const sync = () => (running ??= exchange().finally(() => (running = undefined)))
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
    hit: (kind, subject, seconds) => {
      const now = db.clock().getTime()
      const window = Math.floor(now / 1000 / seconds)
      const endsAt = (window + 1) * seconds * 1000
      const plain = `${kind} ${window} ${subject}`
      let key = hashes.get(plain)
      if (key === undefined) {
        key = createHmac('sha256', secret).update(`check\0${plain}`).digest('base64url')
        hashes.set(plain, key)
      }
      let count = counts.get(key)
      if (!count) counts.set(key, (count = { hits: 0, unsent: 0, endsAt }))
      count.unsent++
      plan()
      return { hits: count.hits + count.unsent, left: Math.max(1, Math.ceil((endsAt - now) / 1000)) }
    },
  }
}
