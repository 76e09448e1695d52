import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tx } from '#src/platform/db/index.ts'
import { getAccessRule, minutes } from './rules.ts'
import { hashToken, looksLikeToken, newToken } from './tokens.ts'

export const STEP_COOKIE = 'langkah'

export type StepKind = 'second_factor' | 'passkey_sign_in' | 'passkey_register' | 'oidc' | 'password_change'
export type Step = { kind: StepKind; accountId: string | null; data: Record<string, unknown> }
export type OpenStep = { token: string; expiresAt: Date }

/** A half-finished sign-in: what it waits for is in the database, the browser holds only a token. */
export async function openStep(tx: Tx, step: Step, at: Date): Promise<OpenStep> {
  const rule = await getAccessRule(tx, at)
  const { token, hash } = newToken()
  const expiresAt = new Date(at.getTime() + minutes(rule.step_minutes))
  await tx.deleteFrom('sign_in_step').where('expires_at', '<', at).execute()
  await tx
    .insertInto('sign_in_step')
    .values({
      token_hash: hash,
      kind: step.kind,
      account_id: step.accountId,
      data: JSON.stringify(step.data),
      expires_at: expiresAt,
    })
    .execute()
  return { token, expiresAt }
}

export async function findStep(tx: Tx, token: string | undefined, kind: StepKind, at: Date): Promise<Step | undefined> {
  if (!looksLikeToken(token)) return undefined
  const row = await tx
    .selectFrom('sign_in_step')
    .select(['account_id', 'data'])
    .where('token_hash', '=', hashToken(token))
    .where('kind', '=', kind)
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return row && { kind, accountId: row.account_id, data: row.data as Record<string, unknown> }
}

/** Takes a step out of the database: whoever gets it is the only one. */
export async function takeStep(tx: Tx, token: string | undefined, kind: StepKind, at: Date): Promise<Step | undefined> {
  if (!looksLikeToken(token)) return undefined
  const row = await tx
    .deleteFrom('sign_in_step')
    .where('token_hash', '=', hashToken(token))
    .where('kind', '=', kind)
    .where('expires_at', '>', at)
    .returning(['account_id', 'data'])
    .executeTakeFirst()
  return row && { kind, accountId: row.account_id, data: row.data as Record<string, unknown> }
}

export const stepToken = (request: FastifyRequest) => request.cookies[STEP_COOKIE]

export function giveStepCookie(reply: FastifyReply, step: OpenStep): void {
  void reply.setCookie(STEP_COOKIE, step.token, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: reply.server.baseUrl.startsWith('https:'),
    expires: step.expiresAt,
  })
}

export const takeStepCookie = (reply: FastifyReply): void => void reply.clearCookie(STEP_COOKIE, { path: '/' })
