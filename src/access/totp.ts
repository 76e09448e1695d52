import { generateSecret, generateURI, verify } from 'otplib'
import type { Tx } from '#src/platform/db/index.ts'
import { seal, unseal } from './sealed.ts'

/** Every 30 seconds another code; one step early or late is accepted (RFC 6238 5.2). */
const PERIOD = 30

/** Puts a new, not yet confirmed secret on the account. `uri` is what authenticator apps read from the QR code. */
export async function beginTotp(
  tx: Tx,
  given: { accountId: string; username: string; issuer: string; key: Buffer },
): Promise<{ secret: string; uri: string }> {
  const secret = generateSecret()
  await tx
    .updateTable('account')
    .set({
      totp_secret: seal(given.key, 'totp', given.accountId, secret),
      totp_confirmed_at: null,
      totp_last_step: null,
    })
    .where('id', '=', given.accountId)
    .execute()
  return { secret, uri: generateURI({ issuer: given.issuer, label: given.username, secret }) }
}

/**
 * True when the code fits now and its time step was never used. Taking the step is one conditional update, so the same
 * code sent twice at once works once.
 */
export async function useTotp(
  tx: Tx,
  given: { accountId: string; code: string; key: Buffer; at: Date; confirmed: boolean },
): Promise<boolean> {
  const row = await tx
    .selectFrom('account')
    .select(['totp_secret', 'totp_last_step'])
    .where('id', '=', given.accountId)
    .where('totp_confirmed_at', given.confirmed ? 'is not' : 'is', null)
    .executeTakeFirst()
  if (!row?.totp_secret || !/^\d{6}$/.test(given.code)) return false
  const epoch = Math.floor(given.at.getTime() / 1000)
  const found = await verify({
    secret: unseal(given.key, 'totp', given.accountId, row.totp_secret),
    token: given.code,
    epoch,
    epochTolerance: PERIOD,
  })
  if (!found.valid) return false
  const step = Math.floor(epoch / PERIOD) + found.delta
  const taken = await tx
    .updateTable('account')
    .set({ totp_last_step: step })
    .where('id', '=', given.accountId)
    .where((eb) => eb.or([eb('totp_last_step', 'is', null), eb('totp_last_step', '<', step)]))
    .executeTakeFirst()
  return taken.numUpdatedRows === 1n
}
