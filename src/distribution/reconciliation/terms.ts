import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

/** The dated limits of the end of a distribution, as they are in force now. Throws when the table knows none of a key. */
export async function distributionTerms<Key extends string>(
  tx: Tx,
  keys: readonly Key[],
): Promise<Record<Key, number>> {
  const { rows } = await sql<{ key: Key; amount: number }>`
    select distinct on (key) key, amount from distribution_term
    where key = any (${keys}::text[]) and valid_from <= acting_now()::date order by key, valid_from desc`.execute(tx)
  const found = new Map(rows.map((row) => [row.key, row.amount]))
  return Object.fromEntries(
    keys.map((key) => {
      const amount = found.get(key)
      if (amount === undefined) throw new Error(`distribution_term has no ${key} today`)
      return [key, amount]
    }),
  ) as Record<Key, number>
}
