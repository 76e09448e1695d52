import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import type { UploadLimits } from '#src/platform/files/index.ts'
import { tooMany } from '#src/platform/http/problem.ts'

export type LimitKey = 'tracking_miss' | 'filing' | 'draft' | 'upload' | 'similar' | 'letter_miss'

// The key of the window is a keyed hash: the table holds no address. An IPv6 household has one /64.
const windowKey = (secret: Buffer, kind: LimitKey, address: string) => {
  const network = address.includes(':') && !address.includes('.') ? address.split(':').slice(0, 4).join(':') : address
  return createHmac('sha256', secret).update(`limit\0${kind}\0${network}`).digest('base64url')
}

/** Counts one hit of a stranger; 429 with the seconds to wait when the window is full. */
export async function countHit(db: Db, secret: Buffer, kind: LimitKey, address: string): Promise<void> {
  const wait = await db.asSystem('limits: count', async (tx) => {
    const { rows } = await sql<{ wait: number | null }>`
      with l as (select hits, seconds from public_limit where key = ${kind} and valid_from <= acting_now()::date order by valid_from desc limit 1),
      t as (insert into throttle as t (key, window_start, hits) values (${windowKey(secret, kind, address)}, acting_now(), 1)
        on conflict (key) do update set
          hits = case when t.window_start + make_interval(secs => (select seconds from l)) <= acting_now() then 1 else t.hits + 1 end,
          window_start = case when t.window_start + make_interval(secs => (select seconds from l)) <= acting_now() then acting_now() else t.window_start end
        returning hits, window_start)
      select case when t.hits > l.hits then greatest(1, ceil(extract(epoch from t.window_start + make_interval(secs => l.seconds) - acting_now())))::int end as wait
      from t, l`.execute(tx)
    return rows[0]?.wait ?? null
  })
  if (wait !== null) throw tooMany(wait)
}

/**
 * As countHit, but only looks: the seconds to wait or null, as part of a larger statement, for pages where a right
 * answer must stay cheap and only misses are counted.
 */
export const windowIsFull = (secret: Buffer, kind: LimitKey, address: string) => sql<number | null>`
    with l as (select hits, seconds from public_limit where key = ${kind} and valid_from <= acting_now()::date order by valid_from desc limit 1)
    select ceil(extract(epoch from t.window_start + make_interval(secs => l.seconds) - acting_now()))::int
    from throttle t, l where t.key = ${windowKey(secret, kind, address)} and t.hits >= l.hits
      and t.window_start + make_interval(secs => l.seconds) > acting_now()`

/** Limits of uploads in force; `files` is how many a citizen may add while filing. */
export async function uploadLimits(tx: Tx): Promise<UploadLimits & { files: number }> {
  const row = await tx
    .selectFrom('upload_limit')
    .selectAll()
    .where('valid_from', '<=', sql<string>`acting_now()::date`)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
  return {
    imageBytes: row.image_bytes,
    pdfBytes: row.pdf_bytes,
    pixels: row.pixels,
    longestSide: row.longest_side,
    files: row.files,
  }
}
