import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

export type TermKey =
  | 'send_from'
  | 'send_until'
  | 'tries'
  | 'try_again'
  | 'keep_address'
  | 'outcome_unknown'
  | 'lead_on_again'
  | 'keep_inbound'

/** A term of `message_term` in force, in its own unit. */
export async function readTerm(tx: Tx, key: TermKey): Promise<number> {
  const { rows } = await sql<{ amount: number | null }>`select message_term_of(${key}) as amount`.execute(tx)
  const amount = rows[0]?.amount
  if (amount === null || amount === undefined) throw new Error(`message_term has no ${key} in force`)
  return amount
}
