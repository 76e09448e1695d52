import { v7 as uuid } from 'uuid'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { hashPassword } from './password.ts'
import { temporaryPassword } from './password-rules.ts'
import { getAccessRule } from './rules.ts'
import { recordAct } from './self.ts'

/**
 * A national administrator by the hand of whoever runs the server: the first of an installation, or when none can sign
 * in any more. A name that is there already gets its way back in: a new temporary password, no second factor.
 * There are no accounts that come with the software.
 */
export async function makeAdministrator(
  db: Db,
  given: { username: string; name: string },
): Promise<{ temporaryPassword: string; made: boolean }> {
  const password = temporaryPassword()
  const made = await db.asSystem('administrator made on the server', async (tx) => {
    const at = db.clock()
    const hash = await hashPassword(password, await getAccessRule(tx, at))
    const way = { password_hash: hash, password_changed_at: at, must_change_password: true }
    const there = await tx.selectFrom('account').select('id').where('username', '=', given.username).executeTakeFirst()
    const id = there?.id ?? uuid()
    if (there) await openAgain(tx, id, way)
    else
      await tx
        .insertInto('account')
        .values({ id, username: given.username, name: given.name, home_region_code: '00', created_at: at, ...way })
        .execute()
    const acts = await tx
      .selectFrom('assignment')
      .select('id')
      .where('account_id', '=', id)
      .where('role', '=', 'administrator')
      .where('region_code', '=', '00')
      .where('ended_at', 'is', null)
      .where('valid_to', 'is', null)
      .executeTakeFirst()
    if (!acts)
      await tx
        .insertInto('assignment')
        .values({
          id: uuid(),
          account_id: id,
          role: 'administrator',
          region_code: '00',
          valid_from: at.toISOString().slice(0, 10),
          created_at: at,
        })
        .execute()
    await recordAct(tx, 'administrator_made', { id, regionCode: '00' }, { anew: there !== undefined })
    return !there
  })
  return { temporaryPassword: password, made }
}

async function openAgain(tx: Tx, id: string, way: { password_hash: string; password_changed_at: Date }): Promise<void> {
  // Off and on: turning the flag on ends every session.
  await tx.updateTable('account').set({ must_change_password: false }).where('id', '=', id).execute()
  await tx
    .updateTable('account')
    .set({
      ...way,
      must_change_password: true,
      active: true,
      totp_secret: null,
      totp_confirmed_at: null,
      totp_last_step: null,
    })
    .where('id', '=', id)
    .execute()
  await tx.deleteFrom('passkey').where('account_id', '=', id).execute()
  await tx.deleteFrom('recovery_code').where('account_id', '=', id).execute()
}
