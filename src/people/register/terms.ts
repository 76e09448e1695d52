import type { Tx } from '#src/platform/db/index.ts'

export type RegisterTerm = { amount: number; unit: string; source: string }

/** A dated limit of the register as it is in force on a day ('YYYY-MM-DD'); throws when the table knows none. */
export async function registerTerm(tx: Tx, key: string, day: string): Promise<RegisterTerm> {
  return tx
    .selectFrom('register_term')
    .select(['amount', 'unit', 'source'])
    .where('key', '=', key)
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow(() => new Error(`register_term has no ${key} on ${day}`))
}
