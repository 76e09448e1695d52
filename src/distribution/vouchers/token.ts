import { decodeBase45, encodeBase45 } from './base45.ts'
import { toBase64Url } from './bytes.ts'
import { readVoucher, timesOf } from './claims.ts'
import { readSigned, type Signed } from './cose.ts'
import { healthOf, isBrokenHealth, isWellFormed, usesOf, type Use } from './health.ts'
import type { Voucher, VoucherFault } from './schema.ts'

export { ES256, PS256, type Signed } from './cose.ts'

/*
 * PREFIX + base45(zlib(COSE_Sign1(CWT))): everything about a token but the three things server and browser do each in
 * their own way (inflating, verifying, deriving keys). Runs in both; asks no clock and no network.
 */

/** How a token of ours begins; certificates of the EU begin with 'HC1:'. */
export const PREFIX = 'PIL1:'
/** A QR code holds 4,296 letters at most. */
const MOST_LETTERS = 4296
/** What a token may grow to: a certificate has some 500 bytes, a voucher 250. */
export const MOST_BYTES = 16_384

/** A public key a verifier trusts, and for what: without `use` for everything, without days for ever. */
export type TrustedKey = {
  /** base64url */
  kid: string
  jwk: { kty: 'EC'; crv: 'P-256'; x: string; y: string } | { kty: 'RSA'; n: string; e: string }
  notBefore?: string
  notAfter?: string
  use?: Use[]
}

export type Asked = {
  /** The moment that counts. */
  at: Date
  /** 'PIL1:' unless told. */
  prefix?: string
  /** The round the voucher must belong to. */
  roundId?: string
}

/** What is looked at, in this order; a verdict names the step that failed. */
export const steps = [
  'prefix',
  'base45',
  'zlib',
  'cose',
  'key',
  'signature',
  'time',
  'validity',
  'use',
  'content',
] as const
export type Step = (typeof steps)[number]

export type Verdict =
  | { ok: true; kid: string; voucher?: Voucher }
  /** `voucher` where the signature is good: what it says can be believed, only it does not count here and now. */
  | { ok: false; code: VoucherFault; step: Step; kid?: string; voucher?: Voucher }

const refused = (
  code: VoucherFault,
  step: Step,
  more: { kid?: string; voucher?: Voucher | undefined } = {},
): Verdict => ({
  ok: false,
  code,
  step,
  ...(more.kid !== undefined && { kid: more.kid }),
  ...(more.voucher && { voucher: more.voucher }),
})

/** The compressed bytes of a token as it was read or typed. */
export function unwrap(
  text: string,
  { prefix = PREFIX }: Pick<Asked, 'prefix'>,
): { bytes: Uint8Array<ArrayBuffer> } | Verdict {
  // A space is one of the 45 signs, so only what a line ends with is taken off the end.
  const plain = text.trimStart().replace(/[\r\n\t]+$/, '')
  if (!plain.startsWith(prefix) || plain.length > MOST_LETTERS) return refused('not_a_voucher', 'prefix')
  const bytes = decodeBase45(plain.slice(prefix.length))
  return bytes ? { bytes } : refused('broken', 'base45')
}

export const wrap = (compressed: Uint8Array): string => PREFIX + encodeBase45(compressed)

export type Opened = { signed: Signed; kid: string; keys: TrustedKey[] }

/** The message within, and the keys that may have signed it; `bytes` undefined where they could not be inflated. */
export function open(bytes: Uint8Array | undefined, trusted: readonly TrustedKey[]): Opened | Verdict {
  if (!bytes) return refused('broken', 'zlib')
  const signed = readSigned(bytes)
  if (!signed || isBrokenHealth(signed.claims)) return refused('broken', 'cose')
  const kid = signed.kid ? toBase64Url(signed.kid) : ''
  // Eight bytes of a hash are not unique for ever: whichever of them fits.
  const keys = trusted.filter((key) => key.kid === kid)
  return keys.length > 0 ? { signed, kid, keys } : refused('unknown_key', 'key', { kid })
}

/** What it comes to, once it is known which of the keys has signed, if any. */
export function conclude({ signed, kid }: Opened, key: TrustedKey | undefined, { at, roundId }: Asked): Verdict {
  if (!key) return refused('bad_signature', 'signature', { kid })
  const voucher = readVoucher(signed.claims)
  const more = { kid, voucher }
  const times = timesOf(signed.claims)
  if (!times) return refused('broken', 'time', more)
  const now = at.getTime() / 1000
  // A voucher says from when it counts; of other tokens the moment they were made counts too.
  const from = voucher ? times.notBefore : Math.max(times.issued ?? -Infinity, times.notBefore ?? -Infinity)
  if (from !== undefined && from > now) return refused('not_yet', 'time', more)
  if (times.expires !== undefined && times.expires <= now) return refused('expired', 'time', more)
  if (key.notBefore && at < new Date(key.notBefore)) return refused('key_not_valid', 'validity', more)
  if (key.notAfter && at > new Date(key.notAfter)) return refused('key_not_valid', 'validity', more)
  const health = voucher ? undefined : healthOf(signed.claims)
  const uses: Use[] = voucher ? ['voucher'] : usesOf(health)
  const { use } = key
  if (use && use.length > 0 && !uses.every((one) => use.includes(one))) return refused('wrong_kind', 'use', more)
  if (voucher) {
    if (roundId !== undefined && voucher.roundId !== roundId) return refused('other_round', 'content', more)
    return { ok: true, kid, voucher }
  }
  return isWellFormed(health) ? { ok: true, kid } : refused('wrong_kind', 'content', more)
}
