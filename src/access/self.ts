import { sql } from 'kysely'
import { recordAct as record } from '#src/platform/audit/index.ts'
import type { Db, Tx } from '#src/platform/db/index.ts'
import type { Session } from './sessions.ts'

/**
 * As the sign-in code, on behalf of the one whose account it is: past row security, with that person in the audit log.
 * Only for a person's own account, with the id from their session or from what they just proved.
 */
export function asSelf<T>(
  db: Db,
  who: { accountId: string; session?: Session | null },
  reason: string,
  work: (tx: Tx, at: Date) => Promise<T>,
): Promise<T> {
  const at = db.clock()
  return db.asSystem(reason, async (tx) => {
    const actor = who.session?.actor
    await sql`select set_config('app.actor', ${who.accountId}, true), set_config('app.role', ${actor?.role ?? ''}, true),
      set_config('app.assignment', ${actor?.assignmentId ?? ''}, true), set_config('app.office', ${actor?.officeId ?? ''}, true)`.execute(
      tx,
    )
    return work(tx, at)
  })
}

/** Writes an act of signing in or out into the audit log. `detail` never holds what somebody typed. */
export const recordAct = (
  tx: Tx,
  act: string,
  account: { id: string; regionCode: string | null },
  detail: Record<string, string | number | boolean | string[] | null> = {},
): Promise<void> =>
  record(tx, { act, subject: 'account', subjectId: account.id, regionCode: account.regionCode, detail })
