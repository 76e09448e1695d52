import { sql } from 'kysely'
import { onRegisterChange } from '#src/people/register/index.ts'
import { defineLoop } from '#src/platform/jobs/index.ts'
import { tellRegister } from './receipts.ts'

/**
 * Families whose entitlement was not handed over yet are compared with their list in the transaction that changes the register, and what
 * is still to be handed out goes to whoever receives for them now.
 */
export function watchRegister(): () => void {
  return onRegisterChange(async (tx, { families, persons }) => {
    await sql`select note_changes(f), follow_payees(f) from (select array(
      select unnest(${families}::uuid[]) union select family_id from person where id = any (${persons}::uuid[]) and family_id is not null) as f) x`.execute(
      tx,
    )
  })
}
watchRegister()

/** In every process: the register learns what was handed over, a batch at a time. */
const tell = defineLoop({
  name: 'distribution.tell_register',
  everySeconds: 2,
  work: async ({ db }) => void (await tellRegister(db)),
})

export const withdrawalJobs = [tell]
