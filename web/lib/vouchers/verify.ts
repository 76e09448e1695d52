import {
  type Asked,
  conclude,
  ES256,
  MOST_BYTES,
  open,
  PS256,
  type Signed,
  type TrustedKey,
  unwrap,
  type Verdict,
} from '#src/distribution/vouchers/token.ts'

/**
 * Whether a token counts, found out on the device itself: with the keys it has kept from GET /api/vouchers/keys, without a
 * line. The same answers as the server's verifyToken (verify.test.ts); never throws.
 */
export async function verifyToken(text: string, trusted: readonly TrustedKey[], asked: Asked): Promise<Verdict> {
  const wrapped = unwrap(text, asked)
  if ('ok' in wrapped) return wrapped
  const opened = open(await inflated(wrapped.bytes), trusted)
  if ('ok' in opened) return opened
  for (const key of opened.keys) if (await hasSigned(opened.signed, key)) return conclude(opened, key, asked)
  return conclude(opened, undefined, asked)
}

/** At most so many bytes: a small token that grows without end is left before it does. */
async function inflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  const all = new Uint8Array(MOST_BYTES)
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return all.subarray(0, length)
      if (length + value.length > MOST_BYTES) {
        await reader.cancel()
        return undefined
      }
      all.set(value, length)
      length += value.length
    }
  } catch {
    return undefined
  }
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const pss = { name: 'RSA-PSS', hash: 'SHA-256', saltLength: 32 } as const

async function hasSigned({ alg, signed, signature }: Signed, key: TrustedKey): Promise<boolean> {
  const way = key.jwk.kty === 'EC' ? ecdsa : pss
  if (alg !== (way === ecdsa ? ES256 : PS256)) return false
  try {
    const imported = await crypto.subtle.importKey('jwk', key.jwk, way, false, ['verify'])
    return await crypto.subtle.verify(way, imported, new Uint8Array(signature), signed)
  } catch {
    return false
  }
}
