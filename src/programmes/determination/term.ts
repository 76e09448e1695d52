import type { Tx } from '#src/platform/db/index.ts'
import { today } from '../catalogue/versions.ts'

type Key =
  | 'approvals'
  | 'inclusion_decile'
  | 'exclusion_decile'
  | 'duplicate'
  | 'what_if'
  | 'rule_count'
  | 'smallest_shown'
  | 'annex'
  | 'sheet'

/** A dated limit of determinations as it is in force at a moment; throws when the table knows none. */
export async function determinationTerm(tx: Tx, key: Key, at: Date): Promise<number> {
  const day = today(at)
  const { amount } = await tx
    .selectFrom('determination_term')
    .select('amount')
    .where('key', '=', key)
    .where('valid_from', '<=', day)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow(() => new Error(`determination_term has no ${key} on ${day}`))
  return amount
}
