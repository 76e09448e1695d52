import type { Db, Tx } from '#src/platform/db/index.ts'
import { Problem, conflict, notFound } from '#src/platform/http/problem.ts'
import { findAssignments } from './assignments.ts'
import { checkPassword, hashPassword } from './password.ts'
import { refuseWeak } from './password-rules.ts'
import { countRecoveryCodes, forgetRecoveryCodes, makeRecoveryCodes } from './recovery-codes.ts'
import { getAccessRule } from './rules.ts'
import { asSelf, recordAct } from './self.ts'
import { type Method, type Session, endSessions, requireRecentProof, rotateSession } from './sessions.ts'
import { countFactor, useCode, whoIs } from './sign-in.ts'
import { forgetTries } from './throttle.ts'
import { beginTotp, useTotp } from './totp.ts'

/*
 * What people do to their own account. Every verb takes the session, and hands back a new token where the session's
 * powers or proofs changed.
 */
type Context = { db: Db; secret: Buffer }
type NewToken = { token: string; expiresAt: Date }

const wrongField = (field: string, code: string) => new Problem(400, 'invalid_request', {}, [{ field, code }])

/** Act as another of one's assignments. */
export async function actAs({ db }: Context, session: Session, assignmentId: string): Promise<NewToken> {
  return asSelf(db, { accountId: session.accountId, session }, 'acting', async (tx, at) => {
    const mine = (await findAssignments(tx, [session.accountId], at)).get(session.accountId) ?? []
    const chosen = mine.find((one) => one.id === assignmentId)
    if (!chosen) throw notFound('assignment')
    await recordAct(tx, 'acting', { id: session.accountId, regionCode: chosen.regionCode }, { assignment: chosen.id })
    return rotateSession(tx, session, { assignmentId: chosen.id })
  })
}

/** Proves again who this is, by password or by a code: opens sensitive changes for some minutes. */
export async function proveAgain(
  { db, secret }: Context,
  session: Session,
  given: { password?: string; code?: string },
): Promise<NewToken> {
  const counting = await countFactor(db, secret, session.accountId)
  const { accountId } = session
  let method: Method | undefined
  if (given.password !== undefined) {
    const { hash, rule } = await ownHash(db, accountId)
    if ((await checkPassword(given.password, hash, rule)).fits) method = 'password'
  }
  return asSelf(db, { accountId, session }, 'proof', async (tx, at) => {
    if (given.password === undefined && given.code !== undefined) {
      method = await useCode(tx, { accountId, code: given.code.replace(/\s/g, ''), key: secret, at })
    }
    if (!method) return undefined
    await forgetTries(tx, counting)
    await recordAct(tx, 'proved_again', await whoIs(tx, accountId), { method })
    const methods = session.methods.includes(method) ? session.methods : [...session.methods, method]
    return rotateSession(tx, session, { provedAt: at, methods })
  }).then((token) => {
    if (token) return token
    throw given.password === undefined ? wrongField('code', 'code_wrong') : wrongField('password', 'password_wrong')
  })
}

/** A new password for one's own account; the old one is the proof. Other sessions end unless told otherwise. */
export async function changePassword(
  { db, secret }: Context,
  session: Session,
  given: { current: string; password: string; keepOthers?: boolean },
): Promise<NewToken> {
  const { accountId } = session
  const counting = await countFactor(db, secret, accountId)
  const { hash, rule, owner } = await ownHash(db, accountId)
  if (!(await checkPassword(given.current, hash, rule)).fits) throw wrongField('current', 'password_wrong')
  refuseWeak(given.password, owner, rule)
  if (given.password === given.current) throw wrongField('password', 'password_same')
  const fresh = await hashPassword(given.password, rule)
  return asSelf(db, { accountId, session }, 'password change', async (tx, at) => {
    await forgetTries(tx, counting)
    await tx
      .updateTable('account')
      .set({ password_hash: fresh, password_changed_at: at, must_change_password: false })
      .where('id', '=', accountId)
      .execute()
    await recordAct(tx, 'password_changed', await whoIs(tx, accountId))
    if (!given.keepOthers) await endSessions(tx, { account: accountId, except: session.id }, at)
    return rotateSession(tx, session, { provedAt: at })
  })
}

/** A secret for an authenticator app. Nothing changes for signing in until a code of it was given. */
export async function beginAuthenticator({ db, secret }: Context, session: Session) {
  requireRecentProof(session, db.clock())
  return asSelf(db, { accountId: session.accountId, session }, 'authenticator', async (tx) => {
    if ((await factorsOf(tx, session.accountId)).totpConfirmedAt) throw conflict('totp_already')
    return beginTotp(tx, { accountId: session.accountId, username: session.username, issuer: 'Pilar', key: secret })
  })
}

/** The first code of the app: from now on it is asked for. Recovery codes are shown this once. */
export async function confirmAuthenticator(
  { db, secret }: Context,
  session: Session,
  code: string,
): Promise<NewToken & { recoveryCodes: string[] }> {
  requireRecentProof(session, db.clock())
  const { accountId } = session
  const counting = await countFactor(db, secret, accountId)
  return asSelf(db, { accountId, session }, 'authenticator', async (tx, at) => {
    const spoken = code.replace(/\s/g, '')
    if (!(await useTotp(tx, { accountId, code: spoken, key: secret, at, confirmed: false })))
      throw wrongField('code', 'code_wrong')
    await forgetTries(tx, counting)
    await tx.updateTable('account').set({ totp_confirmed_at: at }).where('id', '=', accountId).execute()
    const recoveryCodes = await makeRecoveryCodes(tx, accountId, await getAccessRule(tx, at))
    await recordAct(tx, 'authenticator_added', await whoIs(tx, accountId))
    const token = await rotateSession(tx, session, { methods: [...new Set([...session.methods, 'totp' as const])] })
    return { ...token, recoveryCodes }
  })
}

export async function removeAuthenticator({ db }: Context, session: Session): Promise<void> {
  requireRecentProof(session, db.clock())
  const { accountId } = session
  await asSelf(db, { accountId, session }, 'authenticator', async (tx) => {
    await tx
      .updateTable('account')
      .set({ totp_secret: null, totp_confirmed_at: null, totp_last_step: null })
      .where('id', '=', accountId)
      .execute()
    await forgetRecoveryCodes(tx, accountId)
    await recordAct(tx, 'authenticator_removed', await whoIs(tx, accountId))
  })
}

/** A new list; the old one is worthless from now on. */
export async function renewRecoveryCodes({ db }: Context, session: Session): Promise<string[]> {
  requireRecentProof(session, db.clock())
  const { accountId } = session
  return asSelf(db, { accountId, session }, 'recovery codes', async (tx, at) => {
    if (!(await factorsOf(tx, accountId)).totpConfirmedAt) throw conflict('totp_missing')
    await recordAct(tx, 'recovery_codes_renewed', await whoIs(tx, accountId))
    return makeRecoveryCodes(tx, accountId, await getAccessRule(tx, at))
  })
}

export async function renamePasskey({ db }: Context, session: Session, id: string, name: string): Promise<void> {
  await ownPasskey(db, session, (tx) =>
    tx
      .updateTable('passkey')
      .set({ name })
      .where('id', '=', id)
      .where('account_id', '=', session.accountId)
      .returning('id')
      .execute(),
  )
}

export async function removePasskey({ db }: Context, session: Session, id: string): Promise<void> {
  requireRecentProof(session, db.clock())
  await ownPasskey(db, session, (tx) =>
    tx.deleteFrom('passkey').where('id', '=', id).where('account_id', '=', session.accountId).returning('id').execute(),
  )
}

async function ownPasskey(db: Db, session: Session, work: (tx: Tx) => Promise<unknown[]>): Promise<void> {
  const changed = await asSelf(db, { accountId: session.accountId, session }, 'passkey', work)
  if (changed.length === 0) throw notFound('passkey')
}

/** Ends one other session of one's own, or with 'others' all of them but this. */
export async function endOwnSessions({ db }: Context, session: Session, id: string): Promise<number> {
  requireRecentProof(session, db.clock())
  const { accountId } = session
  return asSelf(db, { accountId, session }, 'sign out', async (tx, at) => {
    if (id !== 'others') {
      const own = await tx
        .selectFrom('session')
        .select('id')
        .where('id', '=', id)
        .where('account_id', '=', accountId)
        .where('ended_at', 'is', null)
        .executeTakeFirst()
      if (!own) throw notFound('session')
    }
    const ended = await endSessions(
      tx,
      id === 'others' ? { account: accountId, except: session.id } : { session: id },
      at,
    )
    await recordAct(tx, 'sign_out', await whoIs(tx, accountId), { sessions: ended, elsewhere: true })
    return ended
  })
}

/** Ends this session; with `everywhere` all of the account's. */
export async function signOut({ db }: Context, session: Session, everywhere: boolean): Promise<void> {
  const { accountId } = session
  await asSelf(db, { accountId, session }, 'sign out', async (tx, at) => {
    const ended = await endSessions(tx, everywhere ? { account: accountId } : { session: session.id }, at)
    await recordAct(tx, 'sign_out', await whoIs(tx, accountId), { sessions: ended, everywhere })
  })
}

export type OwnSession = {
  id: string
  createdAt: Date
  lastSeenAt: Date
  expiresAt: Date
  userAgent: string | null
  address: string | null
  methods: string[]
  current: boolean
}

/** Sessions that still hold, the newest use first. */
export async function findOwnSessions({ db }: Context, session: Session): Promise<OwnSession[]> {
  const at = db.clock()
  const rows = await db.asSystem('own sessions', async (tx) => {
    const rule = await getAccessRule(tx, at)
    return tx
      .selectFrom('session')
      .selectAll()
      .where('account_id', '=', session.accountId)
      .where('ended_at', 'is', null)
      .where('expires_at', '>', at)
      .where('last_seen_at', '>', new Date(at.getTime() - rule.idle_minutes * 60_000))
      .orderBy('last_seen_at', 'desc')
      .orderBy('id')
      .limit(100)
      .execute()
  })
  return rows.map((row) => ({
    id: row.id,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    expiresAt: row.expires_at,
    userAgent: row.user_agent,
    address: row.address,
    methods: row.methods,
    current: row.id === session.id,
  }))
}

export type Factors = {
  hasPassword: boolean
  passwordChangedAt: Date | null
  totpConfirmedAt: Date | null
  recoveryCodesLeft: number
  minLength: number
}

/** What the account can sign in with. */
export const findFactors = ({ db }: Context, accountId: string): Promise<Factors> =>
  db.asSystem('own factors', (tx) => factorsOf(tx, accountId, db.clock()))

async function factorsOf(tx: Tx, accountId: string, at = new Date()): Promise<Factors> {
  const row = await tx
    .selectFrom('account')
    .select(['password_hash', 'password_changed_at', 'totp_confirmed_at'])
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  return {
    hasPassword: row.password_hash !== null,
    passwordChangedAt: row.password_changed_at,
    totpConfirmedAt: row.totp_confirmed_at,
    recoveryCodesLeft: await countRecoveryCodes(tx, accountId),
    minLength: (await getAccessRule(tx, at)).password_min_length,
  }
}

async function ownHash(db: Db, accountId: string) {
  return db.asSystem('own password', async (tx) => {
    const row = await tx
      .selectFrom('account')
      .select(['username', 'name', 'email', 'password_hash'])
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow()
    return { hash: row.password_hash, owner: row, rule: await getAccessRule(tx, db.clock()) }
  })
}
