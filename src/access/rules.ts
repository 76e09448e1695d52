import type { Selectable } from 'kysely'
import type { Database, Tx } from '#src/platform/db/index.ts'

/** The limits of signing in that hold on a day; see the columns of access_rule. */
export type AccessRule = Selectable<Database['access_rule']>

/** The rule in force at `at`: the newest whose day has come. */
export async function getAccessRule(tx: Tx, at: Date): Promise<AccessRule> {
  return tx
    .selectFrom('access_rule')
    .selectAll()
    .where('valid_from', '<=', at.toISOString().slice(0, 10))
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
}

export const minutes = (count: number) => count * 60_000
export const hours = (count: number) => count * 3_600_000
