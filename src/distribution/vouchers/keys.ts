import { createECDH, createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto'
import { sql } from 'kysely'
import { encode } from 'cborg'
import type { Tx } from '#src/platform/db/index.ts'
import { toBase64Url } from './bytes.ts'
import { ES256 } from './cose.ts'
import type { TrustedKey } from './token.ts'

/** A key that signs: its protected header is the same for each token. */
export type SigningKey = {
  kid: string
  privateKey: KeyObject
  shielded: Uint8Array
  /** Until when tokens it signed are believed. */
  trustedTo?: Date
}

/** Order of the curve P-256 (FIPS 186-5). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** The private key of a generation follows from the installation's secret: nothing but public keys is ever stored. */
export function derivedKey(secret: Buffer, generation: number): KeyObject {
  // 48 bytes, so that no number is likelier than another by more than 2^-128.
  const wide = Buffer.from(hkdfSync('sha256', secret, '', `pilar voucher key ${generation}`, 48)).toString('hex')
  const scalar = ((BigInt(`0x${wide}`) % (ORDER - 1n)) + 1n).toString(16).padStart(64, '0')
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(scalar, 'hex')
  const point = pair.getPublicKey()
  const part = (from: number) => point.subarray(from, from + 32).toString('base64url')
  const d = Buffer.from(scalar, 'hex').toString('base64url')
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x: part(1), y: part(33), d }, format: 'jwk' })
}

/** What is published of a key; its name is the beginning of a hash, as in the EU's trust lists. */
export function publicPart(key: KeyObject): TrustedKey {
  const publicKey = createPublicKey(key)
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return {
    kid: toBase64Url(createHash('sha256').update(spki).digest().subarray(0, 8)),
    jwk: { kty: 'EC', crv: 'P-256', x, y },
    use: ['voucher'],
  }
}

export function signingKey(privateKey: KeyObject, trustedTo?: Date): SigningKey {
  const { kid } = publicPart(privateKey)
  const head = new Map<number, unknown>([
    [1, ES256],
    [4, new Uint8Array(Buffer.from(kid, 'base64url'))],
  ])
  return { kid, privateKey, shielded: encode(head), ...(trustedTo && { trustedTo }) }
}

/**
 * The key that signs at the transaction's moment, made where none does: after `voucher_key_signs` days, after a revocation, or when the
 * installation has another secret. In a transaction of the system.
 */
export async function currentKey(tx: Tx, secret: Buffer): Promise<SigningKey> {
  for (;;) {
    const { rows } = await sql<{ generation: number; kid: string; trusted_to: Date; signs: boolean }>`
      select generation, kid, trusted_to, revoked_at is null and signs_from <= acting_now() and acting_now() < signs_to as signs
      from voucher_key order by generation desc`.execute(tx)
    for (const row of rows.filter((one) => one.signs)) {
      const key = signingKey(derivedKey(secret, row.generation), row.trusted_to)
      if (key.kid === row.kid) return key
    }
    const generation = (rows[0]?.generation ?? 0) + 1
    const { kid, jwk } = publicPart(derivedKey(secret, generation))
    // Another process may be making the very same one.
    await sql`insert into voucher_key (generation, kid, public_key, signs_from, signs_to, trusted_to)
      select ${generation}::int, ${kid}, ${JSON.stringify(jwk)}::jsonb, acting_now(), acting_now() + make_interval(days => s.amount),
        acting_now() + make_interval(days => s.amount + t.amount)
      from register_term_now('voucher_key_signs') s (amount), register_term_now('voucher_key_trusted') t (amount) on conflict do nothing`.execute(
      tx,
    )
  }
}

/** Keys of this installation, whether they still sign or not; for everybody who verifies. */
export async function ownKeys(tx: Tx): Promise<TrustedKey[]> {
  type Row = { kid: string; public_key: TrustedKey['jwk']; signs_from: Date; trusted_to: Date; revoked_at: Date | null }
  const { rows } = await sql<Row>`
    select kid, public_key, signs_from, trusted_to, revoked_at from voucher_key order by generation desc`.execute(tx)
  return rows.map((row) => ({
    kid: row.kid,
    jwk: row.public_key,
    use: ['voucher'],
    notBefore: row.signs_from.toISOString(),
    notAfter: (row.revoked_at ?? row.trusted_to).toISOString(),
  }))
}
