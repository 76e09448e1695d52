import { createHash, randomBytes } from 'node:crypto'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { readTerms } from './agreement.ts'

/** sha256 of a token of 256 random bits; 32 bytes. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

export const looksLikeToken = (text: string | undefined): text is string =>
  text !== undefined && /^[A-Za-z0-9_-]{43}$/.test(text)

/** A new token; shown once, kept as its hash. */
export async function giveToken(
  tx: Tx,
  given: { agreementId: string; kind: 'bearer' | 'secret' | 'access'; expiresAt: Date; regionCode?: string },
): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await tx
    .insertInto('agreement_token')
    .values({ hash: hashToken(token), agreement_id: given.agreementId, kind: given.kind, expires_at: given.expiresAt })
    .execute()
  await recordAct(tx, {
    act: 'exchange_token',
    subject: 'agreement',
    subjectId: given.agreementId,
    regionCode: given.regionCode ?? null,
    detail: { kind: given.kind, expires_at: given.expiresAt.toISOString() },
  })
  return token
}

/** An access token for a client secret (OAuth 2.0 client credentials); undefined where name or secret is wrong. */
export async function changeSecret(
  tx: Tx,
  clientId: string,
  secret: string,
  at: Date,
): Promise<{ token: string; seconds: number } | undefined> {
  const row = await tx
    .selectFrom('agreement_token as t')
    .innerJoin('agreement as a', 'a.id', 't.agreement_id')
    .select(['a.id', 'a.region_code', 't.expires_at'])
    .where('t.hash', '=', hashToken(secret))
    .where('t.kind', '=', 'secret')
    .where('t.revoked_at', 'is', null)
    .where('t.expires_at', '>', at)
    .where('a.sender_id', '=', clientId)
    .where('a.revoked_at', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const { accessTokenHours } = await readTerms(tx, at)
  const expiresAt = new Date(Math.min(at.getTime() + accessTokenHours * 3_600_000, row.expires_at.getTime()))
  const token = await giveToken(tx, { agreementId: row.id, kind: 'access', expiresAt, regionCode: row.region_code })
  return { token, seconds: Math.floor((expiresAt.getTime() - at.getTime()) / 1000) }
}
