import type { Tx, Db } from '#src/platform/db/index.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { chooseAssignment } from './assignments.ts'
import { knownDevice } from './known-device.ts'
import { checkPassword, hashPassword } from './password.ts'
import { refuseWeak } from './password-rules.ts'
import { useRecoveryCode } from './recovery-codes.ts'
import { getAccessRule, hours } from './rules.ts'
import { asSelf, recordAct } from './self.ts'
import { type Method, isSecondFactor, openSession } from './sessions.ts'
import { type OpenStep, type Step, findStep, openStep, takeStep } from './steps.ts'
import { counter, forgetTries, giveBackTry, networkOf, takeTry } from './throttle.ts'
import { useTotp } from './totp.ts'

/** Where a try comes from. `device` is the cookie of a browser that signed in before. */
export type Visitor = { address: string; userAgent: string | undefined; device?: string | undefined }

export type SignedIn = {
  status: 'signed_in'
  accountId: string
  sessionId: string
  session: { token: string; expiresAt: Date }
}
/** Either it is done, or one thing more is asked. */
export type Outcome = SignedIn | { status: 'second_factor' | 'password_change'; step: OpenStep }

type Context = { db: Db; secret: Buffer }

const wrong = () => new Problem(401, 'sign_in_failed')

/** Username (or e-mail) and password. The same answer after the same work, whether the name exists or not. */
export async function signInWithPassword(
  { db, secret }: Context,
  given: { username: string; password: string },
  visitor: Visitor,
): Promise<Outcome> {
  const typed = given.username.trim().toLowerCase()
  const { account, rule, byName, byAddress } = await db.asSystem('sign in', async (tx) => {
    const at = db.clock()
    const rule = await getAccessRule(tx, at)
    const account = await tx
      .selectFrom('account')
      .selectAll()
      .where(typed.includes('@') ? 'email' : 'username', '=', typed)
      .executeTakeFirst()
    const device = account && knownDevice(secret, account.id, visitor.device)
    const byName = counter(secret, device ? `device ${device}` : `name ${typed}`, rule.free_tries_account)
    const byAddress = counter(secret, `address ${networkOf(visitor.address)}`, rule.free_tries_address)
    await takeTry(tx, rule, at, byName, byAddress)
    return { account, rule, byName, byAddress }
  })
  // Outside the transaction: hashing takes long, and a connection is worth more.
  const { fits, stale } = await checkPassword(given.password, account?.password_hash, rule)
  if (!account || !fits || !account.active) {
    await db.asSystem('sign in', (tx) =>
      recordAct(
        tx,
        'sign_in_failed',
        { id: account?.id ?? 'unknown', regionCode: account?.home_region_code ?? null },
        { method: 'password' },
      ),
    )
    throw wrong()
  }
  const fresh = stale ? await hashPassword(given.password, rule) : undefined
  return asSelf(db, { accountId: account.id }, 'sign in', async (tx, at) => {
    await forgetTries(tx, byName)
    await giveBackTry(tx, byAddress)
    if (fresh) await tx.updateTable('account').set({ password_hash: fresh }).where('id', '=', account.id).execute()
    const since = account.password_changed_at?.getTime() ?? 0
    if (account.must_change_password && since + hours(rule.temporary_password_hours) < at.getTime()) {
      throw new Problem(401, 'temporary_password_expired')
    }
    return advance(tx, { accountId: account.id, methods: ['password'], visitor, at })
  })
}

/** The code of an authenticator app, or one from the list of recovery codes. */
export async function giveSecondFactor(
  { db, secret }: Context,
  token: string | undefined,
  code: string,
  visitor: Visitor,
): Promise<Outcome> {
  const step = await pending(db, token, 'second_factor')
  const accountId = step.accountId
  const spoken = code.replace(/\s/g, '')
  const counting = await countFactor(db, secret, accountId)
  const outcome = await asSelf(db, { accountId }, 'second factor', async (tx, at) => {
    const method = await useCode(tx, { accountId, code: spoken, key: secret, at })
    if (!method) {
      await recordAct(tx, 'sign_in_failed', await whoIs(tx, accountId), { method: 'second_factor' })
      return undefined
    }
    if (!(await takeStep(tx, token, 'second_factor', at))) return undefined
    await forgetTries(tx, counting)
    return advance(tx, { accountId, methods: [...methodsOf(step), method], visitor, at })
  })
  // Thrown after the commit, so that the failure stays in the log and a code that was used up stays used.
  if (!outcome) throw new Problem(401, 'code_wrong', {}, [{ field: 'code', code: 'code_wrong' }])
  return outcome
}

/** Six digits are a code of the app, anything else one of the list. */
export async function useCode(
  tx: Tx,
  given: { accountId: string; code: string; key: Buffer; at: Date },
): Promise<Method | undefined> {
  if (/^\d{6}$/.test(given.code)) return (await useTotp(tx, { ...given, confirmed: true })) ? 'totp' : undefined
  return (await useRecoveryCode(tx, given.accountId, given.code, given.at)) ? 'recovery_code' : undefined
}

/** Counts a guess at a second factor; only somebody who has the first gets here, so strangers cannot make it wait. */
export function countFactor(db: Db, secret: Buffer, accountId: string) {
  return db.asSystem('second factor', async (tx) => {
    const at = db.clock()
    const rule = await getAccessRule(tx, at)
    const counting = counter(secret, `factor ${accountId}`, rule.free_tries_account)
    await takeTry(tx, rule, at, counting)
    return counting
  })
}

/** A password of one's own in place of the temporary one. */
export async function replaceTemporaryPassword(
  { db }: Context,
  token: string | undefined,
  password: string,
  visitor: Visitor,
): Promise<Outcome> {
  const step = await pending(db, token, 'password_change')
  const accountId = step.accountId
  const { account, rule } = await db.asSystem('sign in', async (tx) => ({
    account: await tx
      .selectFrom('account')
      .select(['username', 'name', 'email', 'password_hash'])
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow(),
    rule: await getAccessRule(tx, db.clock()),
  }))
  refuseWeak(password, account, rule)
  if ((await checkPassword(password, account.password_hash, rule)).fits) {
    throw new Problem(400, 'invalid_request', {}, [{ field: 'password', code: 'password_same' }])
  }
  const hash = await hashPassword(password, rule)
  return asSelf(db, { accountId }, 'first password of one’s own', async (tx, at) => {
    if (!(await takeStep(tx, token, 'password_change', at))) throw expired()
    await tx
      .updateTable('account')
      .set({ password_hash: hash, password_changed_at: at, must_change_password: false })
      .where('id', '=', accountId)
      .execute()
    await recordAct(tx, 'password_changed', await whoIs(tx, accountId))
    return advance(tx, { accountId, methods: methodsOf(step), visitor, at })
  })
}

/** After a proof: what is still missing, in this order (second factor, own password), else a session. */
export async function advance(
  tx: Tx,
  given: { accountId: string; methods: Method[]; visitor: Visitor; at: Date },
): Promise<Outcome> {
  const { accountId, methods, visitor, at } = given
  const account = await tx
    .selectFrom('account')
    .select(['totp_confirmed_at', 'must_change_password', 'home_region_code', 'active'])
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  if (!account.active) throw wrong()
  const ask = (kind: 'second_factor' | 'password_change') => openStep(tx, { kind, accountId, data: { methods } }, at)
  if (account.totp_confirmed_at && !methods.some(isSecondFactor))
    return { status: 'second_factor', step: await ask('second_factor') }
  if (account.must_change_password && methods.includes('password'))
    return { status: 'password_change', step: await ask('password_change') }
  const session = await openSession(tx, {
    accountId,
    methods,
    assignmentId: await chooseAssignment(tx, accountId, at),
    at,
    userAgent: visitor.userAgent,
    address: visitor.address,
  })
  await recordAct(tx, 'sign_in', { id: accountId, regionCode: account.home_region_code }, { methods })
  return { status: 'signed_in', accountId, sessionId: session.id, session }
}

/** What the half-finished sign-in behind this cookie waits for; undefined when there is none. */
export async function findPending(
  db: Db,
  token: string | undefined,
): Promise<'second_factor' | 'password_change' | undefined> {
  return db.asSystem('sign in', async (tx) => {
    for (const kind of ['second_factor', 'password_change'] as const)
      if (await findStep(tx, token, kind, db.clock())) return kind
    return undefined
  })
}

async function pending(db: Db, token: string | undefined, kind: 'second_factor' | 'password_change') {
  const step = await db.asSystem('sign in', (tx) => findStep(tx, token, kind, db.clock()))
  if (!step?.accountId) throw expired()
  return { ...step, accountId: step.accountId }
}

const expired = () => new Problem(401, 'sign_in_expired')
const methodsOf = (step: Step) => (step.data['methods'] ?? []) as Method[]

export async function whoIs(tx: Tx, accountId: string): Promise<{ id: string; regionCode: string }> {
  const row = await tx
    .selectFrom('account')
    .select('home_region_code')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  return { id: accountId, regionCode: row.home_region_code }
}
