import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Actor, Db, Role, Tx } from '#src/platform/db/index.ts'
import { Problem, unauthenticated } from '#src/platform/http/problem.ts'
import { getAccessRule, minutes } from './rules.ts'
import { hashToken, looksLikeToken, newToken } from './tokens.ts'

/** How somebody proved who they are, in the order of proving. */
export type Method = 'password' | 'totp' | 'recovery_code' | 'passkey' | 'single_sign_on' | 'single_sign_on_mfa'

/** Somebody who signed in, as long as the cookie is good. */
export type Session = {
  id: string
  accountId: string
  name: string
  username: string
  demonstration: boolean
  methods: Method[]
  createdAt: Date
  /** when the person last proved who they are */
  provedAt: Date
  /** the latest end, however much it is used */
  expiresAt: Date
  /** until when what was proved allows sensitive changes */
  proofHoldsUntil: Date
  /** chosen assignment, also where `actor` is null because something is still owed */
  assignmentId: string | null
  /** null until an assignment is chosen, while it holds, and a second factor is given where the role wants one */
  actor: Actor | null
  /** what keeps the person from acting; undefined when nothing does */
  owed?: 'assignment' | 'second_factor'
}

export const SESSION_COOKIE = 'sesi'

/** Proofs that count as a second factor: a passkey verifies its user, a provider may say that it asked for two. */
export const isSecondFactor = (method: Method): boolean => method !== 'password' && method !== 'single_sign_on'

/** Written at most this often; a coarser "last seen" saves a write on every request. */
const SEEN_EVERY = minutes(1)

/** Puts a fresh session into the database; only its cookie knows the token. */
export async function openSession(
  tx: Tx,
  given: {
    accountId: string
    methods: Method[]
    assignmentId: string | null
    at: Date
    provedAt?: Date
    expiresAt?: Date
    userAgent?: string | undefined
    address?: string | undefined
  },
): Promise<{ id: string; token: string; expiresAt: Date }> {
  const { token, hash } = newToken()
  const rule = await getAccessRule(tx, given.at)
  const expiresAt = given.expiresAt ?? new Date(given.at.getTime() + minutes(rule.longest_minutes))
  const id = uuid()
  await tx
    .insertInto('session')
    .values({
      id,
      token_hash: hash,
      account_id: given.accountId,
      assignment_id: given.assignmentId,
      methods: given.methods,
      created_at: given.at,
      last_seen_at: given.at,
      proved_at: given.provedAt ?? given.at,
      expires_at: expiresAt,
      user_agent: given.userAgent?.slice(0, 300) ?? null,
      address: given.address ?? null,
    })
    .execute()
  return { id, token, expiresAt }
}

/**
 * A new token for the session: whoever holds the old one is out. After every proof and every change of what it may do;
 * how long it lives at most does not change.
 */
export async function rotateSession(
  tx: Tx,
  session: { id: string; expiresAt: Date },
  change: { methods?: Method[]; assignmentId?: string; provedAt?: Date } = {},
): Promise<{ token: string; expiresAt: Date }> {
  const { token, hash } = newToken()
  const { numUpdatedRows } = await tx
    .updateTable('session')
    .set({
      token_hash: hash,
      ...(change.methods && { methods: change.methods }),
      ...(change.assignmentId && { assignment_id: change.assignmentId }),
      ...(change.provedAt && { proved_at: change.provedAt }),
    })
    .where('id', '=', session.id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) throw unauthenticated()
  return { token, expiresAt: session.expiresAt }
}

/** Ends one session, or with `account` all of it (except one). Returns how many ended. */
export async function endSessions(
  tx: Tx,
  which: { session: string } | { account: string; except?: string },
  at: Date,
): Promise<number> {
  let query = tx.updateTable('session').set({ ended_at: at }).where('ended_at', 'is', null)
  if ('session' in which) query = query.where('id', '=', which.session)
  else {
    query = query.where('account_id', '=', which.account)
    if (which.except) query = query.where('id', '!=', which.except)
  }
  return Number((await query.executeTakeFirst()).numUpdatedRows)
}

/** Who holds this token, or undefined. One query; a second one at most once a minute, to remember the visit. */
export async function findSession(db: Db, token: string): Promise<Session | undefined> {
  const at = db.clock()
  const today = at.toISOString().slice(0, 10)
  return db.asSystem('session', async (tx) => {
    const row = await tx
      .selectFrom('session as s')
      .innerJoin('account as c', 'c.id', 's.account_id')
      .innerJoin('access_rule as r', (join) =>
        join.on('r.valid_from', '=', (eb) =>
          eb
            .selectFrom('access_rule')
            .select((e) => e.fn.max('valid_from').as('d'))
            .where('valid_from', '<=', today),
        ),
      )
      .leftJoin('assignment as a', (join) =>
        join
          .onRef('a.id', '=', 's.assignment_id')
          .onRef('a.account_id', '=', 's.account_id')
          .on('a.ended_at', 'is', null)
          .on('a.valid_from', '<=', today)
          .on((eb) => eb.or([eb('a.valid_to', 'is', null), eb('a.valid_to', '>=', today)])),
      )
      .where('s.token_hash', '=', hashToken(token))
      .where('s.ended_at', 'is', null)
      .where('s.expires_at', '>', at)
      .where('c.active', '=', true)
      .where(sql<boolean>`s.last_seen_at + make_interval(mins => r.idle_minutes) > ${at}`)
      .select(['s.id', 's.account_id', 's.methods', 's.created_at', 's.proved_at', 's.expires_at', 's.last_seen_at'])
      .select(['c.name', 'c.username', 'c.demonstration', 'r.second_factor_roles', 'r.proof_minutes'])
      .select(['a.id as assignment_id', 'a.role', 'a.region_code', 'a.office_id', 'a.pillar_kind'])
      .executeTakeFirst()
    if (!row) return undefined
    if (at.getTime() - row.last_seen_at.getTime() >= SEEN_EVERY)
      await tx.updateTable('session').set({ last_seen_at: at }).where('id', '=', row.id).execute()
    const methods = row.methods as Method[]
    const session: Session = {
      id: row.id,
      accountId: row.account_id,
      name: row.name,
      username: row.username,
      demonstration: row.demonstration,
      methods,
      createdAt: row.created_at,
      provedAt: row.proved_at,
      expiresAt: row.expires_at,
      proofHoldsUntil: new Date(row.proved_at.getTime() + minutes(row.proof_minutes)),
      assignmentId: row.assignment_id,
      actor: null,
    }
    if (!row.assignment_id || !row.role || !row.region_code) return { ...session, owed: 'assignment' }
    const second = row.second_factor_roles.includes(row.role) && !row.demonstration
    if (second && !methods.some(isSecondFactor)) return { ...session, owed: 'second_factor' }
    session.actor = {
      accountId: row.account_id,
      name: row.name,
      assignmentId: row.assignment_id,
      role: row.role as Role,
      regionCode: row.region_code,
      officeId: row.office_id,
      pillarKind: row.pillar_kind,
      at,
    }
    return session
  })
}

/** Refuses a sensitive change when the last proof of who this is lies too far back; the page then asks for one. */
export function requireRecentProof(session: Session, at: Date): void {
  if (session.proofHoldsUntil < at) throw new Problem(403, 'proof_needed')
}

/** The session behind a request's cookie; undefined without one, or when it is no good any more. */
export function sessionOf(request: FastifyRequest): Promise<Session | undefined> {
  const token = request.cookies[SESSION_COOKIE]
  return looksLikeToken(token) ? findSession(request.server.db, token) : Promise.resolve(undefined)
}

/** Hands the token to the browser: no script reads it, no foreign page sends it, TLS only where there is TLS. */
export function giveSessionCookie(reply: FastifyReply, session: { token: string; expiresAt: Date }): void {
  void reply.setCookie(SESSION_COOKIE, session.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: reply.server.baseUrl.startsWith('https:'),
    expires: session.expiresAt,
  })
}

export function takeSessionCookie(reply: FastifyReply): void {
  void reply.clearCookie(SESSION_COOKIE, { path: '/' })
}
