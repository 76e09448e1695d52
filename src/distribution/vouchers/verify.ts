import { constants, createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { ES256, PS256, type Signed } from './cose.ts'
import { type Asked, conclude, MOST_BYTES, open, type TrustedKey, unwrap, type Verdict } from './token.ts'

/**
 * Whether a token counts, for whoever trusts these keys, at a moment, in a round. Never throws: whatever is wrong with
 * it is a code. Asks nothing of the database; that a voucher was redeemed already is for the round to know.
 */
export function verifyToken(text: string, trusted: readonly TrustedKey[], asked: Asked): Verdict {
  const wrapped = unwrap(text, asked)
  if ('ok' in wrapped) return wrapped
  const opened = open(inflated(wrapped.bytes), trusted)
  if ('ok' in opened) return opened
  return conclude(opened, opened.keys.find((key) => hasSigned(opened.signed, key)), asked) // prettier-ignore
}

/** At most so many bytes: a small token that grows without end is refused before it does. */
function inflated(bytes: Uint8Array): Uint8Array | undefined {
  try {
    // With `info` it gives more than its type says.
    const given: unknown = inflateSync(bytes, { maxOutputLength: MOST_BYTES, info: true })
    const { buffer, engine } = given as { buffer: Buffer; engine: { bytesWritten: number } }
    // What follows the stream is no part of it, and nobody signed it.
    return engine.bytesWritten === bytes.length ? buffer : undefined
  } catch {
    return undefined
  }
}

function hasSigned({ alg, signed, signature }: Signed, key: TrustedKey): boolean {
  try {
    if (alg === ES256 && key.jwk.kty === 'EC')
      return (
        signature.length === 64 &&
        verifySignature('sha256', signed, { key: keyObject(key), dsaEncoding: 'ieee-p1363' }, signature)
      )
    if (alg === PS256 && key.jwk.kty === 'RSA')
      return verifySignature(
        'sha256',
        signed,
        { key: keyObject(key), padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
        signature,
      )
    return false
  } catch {
    return false
  }
}

const objects = new WeakMap<TrustedKey, KeyObject>()
function keyObject(key: TrustedKey): KeyObject {
  const known = objects.get(key)
  if (known) return known
  const made = createPublicKey({ key: key.jwk, format: 'jwk' })
  objects.set(key, made)
  return made
}
