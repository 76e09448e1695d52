import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { invalid } from '#src/platform/http/problem.ts'

export type ConsumerKey = { id: string; algorithm: 'ed25519' | 'ES256' | 'RS256'; publicKey: string }

/** Reads PEM, JWK, or the 32 bytes of an ed25519 key in base64; the id, where none is given, is a hash of the key. */
export function readPublicKey(text: string, id?: string): ConsumerKey {
  const key = parse(text.trim())
  const algorithm = key && algorithmOf(key)
  if (!key || !algorithm) throw invalid({ field: 'publicKey', code: 'pattern' })
  const der = key.export({ type: 'spki', format: 'der' })
  return {
    id: id ?? createHash('sha256').update(der).digest('hex').slice(0, 16),
    algorithm,
    publicKey: key.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function parse(text: string): KeyObject | undefined {
  try {
    if (text.startsWith('{')) return createPublicKey({ key: JSON.parse(text) as Record<string, string>, format: 'jwk' })
    // A private key would be taken for its public half, and has no business here.
    if (text.includes('PRIVATE')) return undefined
    if (text.startsWith('-----')) return createPublicKey(text)
    const bytes = Buffer.from(text, 'base64')
    const der = bytes.length === 32 ? Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), bytes]) : bytes
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

function algorithmOf(key: KeyObject): ConsumerKey['algorithm'] | undefined {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519'
  if (key.asymmetricKeyType === 'ec') return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? 'ES256' : undefined
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? 'RS256' : undefined
}
