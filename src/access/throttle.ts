import { createHmac } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { tooMany } from '#src/platform/http/problem.ts'
import type { AccessRule } from './rules.ts'

/** What is counted: a name that was typed, a known device of an account, where a request came from … */
export type Counter = { key: string; freeTries: number }

/** A key nobody can read a name or an address from. */
export const counter = (secret: Buffer, subject: string, freeTries: number): Counter => ({
  key: createHmac('sha256', secret).update(`throttle\0${subject}`).digest('base64url'),
  freeTries,
})

/** One household has 2^64 IPv6 addresses: they count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address.replace('::ffff:', '')
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length
  const all = [...groups, ...Array<string>(Math.max(missing, 0)).fill('0'), ...(tail?.split(':').filter(Boolean) ?? [])]
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')
}

/**
 * Counts a try before it is made, so that tries beside each other cannot outrun the count; refuses with 429 while the
 * wait of the last failure lasts. Waits double and stop growing at the longest; a refused try counts nothing, so no
 * stranger can make a wait endless.
 */
export async function takeTry(tx: Tx, rule: AccessRule, at: Date, ...counters: Counter[]): Promise<void> {
  for (const { key, freeTries } of counters) {
    const wait = sql`make_interval(secs => case when t.hits < ${freeTries}::int then 0 else
      least(${rule.longest_wait_seconds}::float8, ${rule.first_wait_seconds}::float8 * power(2, least(t.hits - ${freeTries}::int, 30))) end)`
    const forgotten = sql`t.window_start + make_interval(mins => ${rule.forget_failures_minutes}) <= ${at}`
    const { rows } = await sql`insert into throttle as t (key, window_start, hits) values (${key}, ${at}, 1)
      on conflict (key) do update set hits = case when ${forgotten} then 1 else t.hits + 1 end, window_start = ${at}
      where t.window_start + ${wait} <= ${at} returning 1`.execute(tx)
    if (rows.length > 0) continue
    const { rows: held } = await sql<{ seconds: number }>`
      select greatest(1, ceil(extract(epoch from t.window_start + ${wait} - ${at})))::int seconds from throttle t where key = ${key}`.execute(
      tx,
    )
    throw tooMany(held[0]?.seconds ?? rule.first_wait_seconds)
  }
}

/** After success: failures of this name are forgotten. */
export async function forgetTries(tx: Tx, { key }: Counter): Promise<void> {
  await tx.deleteFrom('throttle').where('key', '=', key).execute()
}

/** After success: this try was no failure, those before it were. */
export async function giveBackTry(tx: Tx, { key }: Counter): Promise<void> {
  await sql`update throttle set hits = greatest(hits - 1, 0) where key = ${key}`.execute(tx)
}
