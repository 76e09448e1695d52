import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

/**
 * A record came in that was made before its round was reconciled: the round is closed again and worked out anew, so that its figures go
 * on being those of its rows and somebody answers for what is new. In a transaction of the system.
 */
export async function reopenReconciled(tx: Tx, roundId: string): Promise<void> {
  await sql`update round_reconciliation set state = 'queued', asked_at = acting_now(), asked_by = null, settled_at = null, settled_by = null
    where round_id = ${roundId} and state = 'settled'`.execute(tx)
  await sql`update distribution_round set state = 'closed', reconciled_at = null, reconciled_by = null, version = version + 1
    where id = ${roundId} and state = 'reconciled'`.execute(tx)
}
