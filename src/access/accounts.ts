import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import { type Actor, type Role, type Tx, isWithin, scopeEnd } from '#src/platform/db/index.ts'
import { Problem, invalid, notFound } from '#src/platform/http/problem.ts'
import { type Assignment, findAssignments } from './assignments.ts'
import { type HashCost, hashPassword } from './password.ts'
import { temporaryPassword } from './password-rules.ts'
import { type AccountAction, type Managed, abilities, authorize } from './policy.ts'
import { recordAct } from './self.ts'

/** An account as an administrator sees it. Assignments are those in the administrator's region. */
export type ManagedAccount = Managed & {
  username: string
  email: string | null
  name: string
  homeRegionName: string
  active: boolean
  demonstration: boolean
  mustChangePassword: boolean
  secondFactor: boolean
  createdAt: Date
  assignments: Assignment[]
  can: Record<AccountAction, boolean>
}

export type AccountFilter = {
  q?: string | undefined
  regionCode?: string | undefined
  role?: Role | undefined
  active?: boolean | undefined
  /** the last row of the page before */
  after?: { name: string; id: string } | undefined
  limit: number
}

/** Accounts at home in the administrator's region and beneath, by name. One row more than `limit` tells of a next page. */
export async function findAccounts(tx: Tx, actor: Actor, filter: AccountFilter): Promise<ManagedAccount[]> {
  let query = accountRows(tx)
  if (filter.q?.trim()) {
    const like = `%${filter.q
      .trim()
      .toLowerCase()
      .replace(/[\\%_]/g, '\\$&')}%`
    query = query.where((eb) =>
      eb.or([
        eb(sql`lower(c.name)`, 'like', like),
        eb('c.username', 'like', like),
        eb('c.email', '=', filter.q?.trim().toLowerCase() ?? ''),
      ]),
    )
  }
  if (filter.regionCode !== undefined) {
    query = query
      .where('c.home_region_code', '>=', filter.regionCode)
      .where('c.home_region_code', '<', scopeEnd(filter.regionCode))
  }
  if (filter.active !== undefined) query = query.where('c.active', '=', filter.active)
  const { role, after } = filter
  if (role) {
    query = query.where(({ exists, selectFrom }) =>
      exists(
        selectFrom('assignment as a')
          .whereRef('a.account_id', '=', 'c.id')
          .where('a.role', '=', role)
          .where('a.ended_at', 'is', null)
          .select('a.id'),
      ),
    )
  }
  if (after) query = query.where(sql<boolean>`(lower(c.name), c.id) > (${after.name.toLowerCase()}, ${after.id})`)
  const rows = await query
    .orderBy(sql`lower(c.name)`)
    .orderBy('c.id')
    .limit(filter.limit)
    .execute()
  return present(tx, actor, rows)
}

export async function getAccount(tx: Tx, actor: Actor, id: string): Promise<ManagedAccount> {
  const rows = await accountRows(tx).where('c.id', '=', id).execute()
  const [account] = await present(tx, actor, rows)
  if (!account) throw notFound('account')
  return account
}

// The region is asked for beside row security: it also shows an administrator his own account, wherever it is at home.
const accountRows = (tx: Tx) =>
  tx
    .selectFrom('account as c')
    .innerJoin('region as r', 'r.code', 'c.home_region_code')
    .select(['c.id', 'c.username', 'c.email', 'c.name', 'c.home_region_code', 'r.path_name', 'c.active'])
    .select(['c.demonstration', 'c.must_change_password', 'c.totp_confirmed_at', 'c.created_at'])
    .select(sql<boolean>`beyond_my_giving(c.id)`.as('beyond'))

async function present(
  tx: Tx,
  actor: Actor,
  rows: Awaited<ReturnType<ReturnType<typeof accountRows>['execute']>>,
): Promise<ManagedAccount[]> {
  const assignments = await findAssignments(
    tx,
    rows.map((row) => row.id),
    actor.at,
    { evenLater: true },
  )
  return rows.map((row) => {
    const managed = { id: row.id, homeRegionCode: row.home_region_code, beyond: row.beyond }
    return {
      ...managed,
      username: row.username,
      email: row.email,
      name: row.name,
      homeRegionName: row.path_name,
      active: row.active,
      demonstration: row.demonstration,
      mustChangePassword: row.must_change_password,
      secondFactor: row.totp_confirmed_at !== null,
      createdAt: row.created_at,
      assignments: assignments.get(row.id) ?? [],
      can: abilities(actor, managed),
    }
  })
}

/** A new account with a password for one sign-in, which only this answer ever shows. It can do nothing until assigned. */
export async function createAccount(
  tx: Tx,
  actor: Actor,
  given: { username: string; name: string; email?: string | undefined; homeRegionCode: string },
  cost: HashCost,
): Promise<{ id: string; temporaryPassword: string }> {
  if (!isWithin(given.homeRegionCode, actor.regionCode)) throw new Problem(403, 'outside_region')
  await getRegion(tx, given.homeRegionCode, 'homeRegionCode')
  const id = uuid()
  const password = temporaryPassword()
  await tx
    .insertInto('account')
    .values({
      id,
      username: given.username,
      email: given.email ?? null,
      name: given.name,
      home_region_code: given.homeRegionCode,
      password_hash: await hashPassword(password, cost),
      password_changed_at: actor.at,
      must_change_password: true,
      created_at: actor.at,
      created_by: actor.accountId,
    })
    .execute()
    .catch(explainTaken)
  return { id, temporaryPassword: password }
}

export async function editAccount(
  tx: Tx,
  actor: Actor,
  id: string,
  given: { name?: string; email?: string | null; homeRegionCode?: string },
): Promise<void> {
  authorize(actor, 'edit', await getAccount(tx, actor, id))
  if (given.homeRegionCode !== undefined) {
    if (!isWithin(given.homeRegionCode, actor.regionCode)) throw new Problem(403, 'outside_region')
    await getRegion(tx, given.homeRegionCode, 'homeRegionCode')
  }
  const change = {
    ...(given.name !== undefined && { name: given.name }),
    ...(given.email !== undefined && { email: given.email }),
    ...(given.homeRegionCode !== undefined && { home_region_code: given.homeRegionCode }),
  }
  if (Object.keys(change).length === 0) return
  await tx.updateTable('account').set(change).where('id', '=', id).execute().catch(explainTaken)
}

/** A deactivated account signs in nowhere and its sessions are over (trigger end_access); assignments stay for a return. */
export async function activateAccount(tx: Tx, actor: Actor, id: string, active: boolean): Promise<void> {
  authorize(actor, 'activate', await getAccount(tx, actor, id))
  await tx.updateTable('account').set({ active }).where('id', '=', id).execute()
}

/** A password for one sign-in in place of a forgotten one. The second factor stays; sessions are over. */
export async function resetPassword(tx: Tx, actor: Actor, id: string, cost: HashCost): Promise<string> {
  authorize(actor, 'resetPassword', await getAccount(tx, actor, id))
  const password = temporaryPassword()
  const password_hash = await hashPassword(password, cost)
  // In two steps: the sessions end when the flag turns on, also where it was on already.
  await tx.updateTable('account').set({ must_change_password: false }).where('id', '=', id).execute()
  await tx
    .updateTable('account')
    .set({ password_hash, password_changed_at: actor.at, must_change_password: true })
    .where('id', '=', id)
    .execute()
  await recordAct(tx, 'password_reset', await homeOf(tx, id))
  return password
}

export async function resetSecondFactor(tx: Tx, actor: Actor, id: string): Promise<void> {
  authorize(actor, 'resetSecondFactor', await getAccount(tx, actor, id))
  await sql`select reset_second_factor(${id})`.execute(tx)
  await recordAct(tx, 'second_factor_reset', await homeOf(tx, id))
}

export async function endSessionsOf(tx: Tx, actor: Actor, id: string): Promise<number> {
  authorize(actor, 'endSessions', await getAccount(tx, actor, id))
  const { rows } = await sql<{ ended: number }>`select end_sessions_of(${id}) as ended`.execute(tx)
  await recordAct(tx, 'sessions_ended', await homeOf(tx, id))
  return rows[0]?.ended ?? 0
}

async function homeOf(tx: Tx, id: string) {
  const row = await tx.selectFrom('account').select('home_region_code').where('id', '=', id).executeTakeFirstOrThrow()
  return { id, regionCode: row.home_region_code }
}

export async function getRegion(tx: Tx, code: string, field: string) {
  const region = await tx.selectFrom('region').select(['code', 'tier']).where('code', '=', code).executeTakeFirst()
  if (!region) throw invalid({ field, code: 'unknown' })
  return region
}

/** Which of the two names is taken, at its field. A name outside one's region is not shown, only that it is taken. */
function explainTaken(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string }
  if (code === '23505' && (constraint === 'account_username_key' || constraint === 'account_email_key')) {
    const field = constraint === 'account_email_key' ? 'email' : 'username'
    throw new Problem(409, 'already_exists', {}, [{ field, code: 'taken' }])
  }
  throw error
}
