import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

/** An act that is not a change of a row (those write themselves): a look at personal data, an export, a sign-in. */
export type RecordedAct = {
  /** what was done: 'look', 'export', 'sign_in' */
  act: string
  /** the kind of thing it was done to, by the name of its table where it has one */
  subject: string
  subjectId: string
  regionCode?: string | null
  /** never personal data: which fields, how many rows, in what format */
  detail?: Record<string, string | number | boolean | string[] | null>
  /** in the words of the one who acted, where the act wants a reason */
  reason?: string | null
}

/** Writes an act down, in the name of whoever the transaction runs for and in the same transaction as the act. */
export async function recordAct(tx: Tx, act: RecordedAct): Promise<void> {
  await sql`select record_act(${act.act}, ${act.subject}, ${act.subjectId}, ${act.regionCode ?? null},
    ${JSON.stringify(act.detail ?? {})}::jsonb, ${act.reason ?? null})`.execute(tx)
}
