import { createHmac, sign } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { deflateSync } from 'node:zlib'
import { writeClaims } from './claims.ts'
import { toBeSigned, writeSigned } from './cose.ts'
import type { SigningKey } from './keys.ts'
import type { Voucher } from './schema.ts'
import { wrap } from './token.ts'

/** The token of a voucher, for a QR code: some 350 letters. Throws where the key will not be believed until it expires. */
export function signVoucher(key: SigningKey, voucher: Voucher): string {
  if (key.trustedTo && new Date(voucher.expiresAt) > key.trustedTo)
    throw new Error(`a voucher must not outlive its key (${key.trustedTo.toISOString()})`)
  const payload = writeClaims(voucher)
  const signature = sign('sha256', toBeSigned(key.shielded, payload), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }) // prettier-ignore
  return wrap(deflateSync(writeSigned(key.shielded, payload, signature), packing))
}

/** A token is mostly random bytes: a small window packs it as well, and four times as fast. */
const packing = { level: 9, windowBits: 9, memLevel: 1 }

/** Many at once, in their order; lets other work in between. */
export async function signVouchers(key: SigningKey, vouchers: readonly Voucher[]): Promise<string[]> {
  const tokens: string[] = []
  for (const [at, voucher] of vouchers.entries()) {
    tokens.push(signVoucher(key, voucher))
    if (at % 200 === 199) await setImmediate()
  }
  return tokens
}

/**
 * Whose voucher it is, as only this installation can tell: another number in each round, so that vouchers of two rounds do
 * not say that they belong to the same family; and another for whoever else receives for the family. The bytes are never worked out again
 * from a token, so vouchers from before the person was part of it go on being verified.
 */
export const bearerOf = (secret: Buffer, roundId: string, familyId: string, payeeId: string | null): string =>
  createHmac('sha256', secret)
    .update(`voucher bearer\0${roundId}\0${familyId}\0${payeeId ?? ''}`)
    .digest()
    .subarray(0, 12)
    .toString('base64url')
