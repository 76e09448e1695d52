import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto'
import { Refused } from './refusal.ts'

/** Why it has three: a signer writes the document in its own way, and each of these binds all of header and message. */
const digests = [
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
  ['BLAKE-512', 'blake2b512'],
] as const

/** A signature as it stands in the envelope. */
export type Signature = {
  senderId: string
  keyId: string
  algorithm: string
  /** seconds since 1970, as they were written */
  created: string
  expires: string
  signature: Buffer
}

/** Clocks differ by this much, seconds; and a signature is good for at most this long. */
const SKEW = 300
const LONGEST = 86_400

/** Reads `Signature: namespace="spdci", kidId="sender|key|ed25519", created="…", …`. Undefined when it is none. */
export function parseSignature(text: string): Signature | undefined {
  const parts = new Map<string, string>()
  for (const [, name, quoted, bare] of text
    .slice(0, 4000)
    .matchAll(/([A-Za-z]+)\s*=\s*(?:\\?"([^"\\]*)\\?"|([^\s",]+))/g))
    if (name) parts.set(name.toLowerCase(), quoted ?? bare ?? '')
  const kid = (parts.get('kidid') ?? parts.get('keyid') ?? parts.get('kid') ?? '').split('|')
  const given = parts.get('signature')
  const created = parts.get('created') ?? ''
  const expires = parts.get('expires') ?? ''
  if (kid.length < 2 || !given || !/^\d{1,12}$/.test(created) || !/^\d{1,12}$/.test(expires)) return undefined
  return {
    senderId: kid.slice(0, Math.max(1, kid.length - 2)).join('|'),
    keyId: kid.at(kid.length >= 3 ? -2 : -1) ?? '',
    algorithm: (parts.get('algorithm') || (kid.length >= 3 ? kid.at(-1) : '') || 'ed25519').toLowerCase(),
    created,
    expires,
    signature: Buffer.from(given, 'base64'),
  }
}

/**
 * Checks a signature over header and message. Throws {@link Refused} 'err.signature.invalid'; the message says which part
 * is wrong and nothing of the key. `body` is the text of the request as it came.
 */
export function checkSignature(
  given: string,
  request: { body: string; header: unknown; message: unknown },
  consumer: { senderId: string; keys: readonly { id: string; algorithm: string; publicKey: string }[] },
  at: Date,
): void {
  const bad = (message: string) => new Refused('err.signature.invalid', message)
  const parsed = parseSignature(given)
  if (!parsed) throw bad('the signature cannot be read')
  if (parsed.senderId !== consumer.senderId) throw bad('the signature names another sender')
  const key = consumer.keys.find((one) => one.id === parsed.keyId)
  if (!key) throw bad('the signature names a key that is not known')
  if (plainAlgorithm(key.algorithm) !== plainAlgorithm(parsed.algorithm)) throw bad('the key is of another algorithm')
  const now = at.getTime() / 1000
  const [created, expires] = [Number(parsed.created), Number(parsed.expires)]
  if (created > now + SKEW) throw bad('the signature was created in the future')
  if (expires <= now - SKEW || expires <= created) throw bad('the signature has expired')
  if (expires - created > LONGEST) throw bad('the signature is good for more than a day')
  const publicKey = createPublicKey(key.publicKey)
  for (const content of contentsOf(request))
    for (const [label, hash] of digests) {
      const digest = createHash(hash).update(content).digest('base64')
      for (const separator of ['\n', ' '])
        if (isGood(key.algorithm, publicKey, signingText(parsed, `${label}=${digest}`, separator), parsed.signature))
          return
    }
  throw bad('the signature does not fit header and message')
}

/** (created): …, (expires): …, digest: …, a line each. */
const signingText = (at: { created: string; expires: string }, digest: string, separator: string) =>
  [`(created): ${at.created}`, `(expires): ${at.expires}`, `digest: ${digest}`].join(separator)

const plainAlgorithm = (name: string) =>
  ({ eddsa: 'ed25519', 'rsa-sha256': 'rs256', sha256: 'rs256' })[name.toLowerCase()] ?? name.toLowerCase()

function isGood(algorithm: string, key: KeyObject, text: string, signature: Buffer): boolean {
  const data = Buffer.from(text)
  try {
    if (algorithm === 'ed25519') return verify(null, data, key, signature)
    if (algorithm === 'ES256')
      return (
        verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature) ||
        verify('sha256', data, { key, dsaEncoding: 'der' }, signature)
      )
    return verify('sha256', data, key, signature)
  } catch {
    return false
  }
}

/** Header and message as they were sent, as JSON.stringify writes them, and with sorted names; together or in a row. */
function contentsOf({ body, header, message }: { body: string; header: unknown; message: unknown }): Set<string> {
  const raw = slicesOf(body)
  const contents = new Set<string>()
  const add = (one: string, two: string) => {
    contents.add(`{"header":${one},"message":${two}}`)
    contents.add(`${one}${two}`)
  }
  add(JSON.stringify(header), JSON.stringify(message))
  add(JSON.stringify(sorted(header)), JSON.stringify(sorted(message)))
  // A body may write a name in two ways (\\u0068eader): only what was understood counts as what was signed.
  if (raw && sameJson(raw.header, header) && sameJson(raw.message, message)) {
    add(raw.header, raw.message)
    contents.add(`{"header": ${raw.header}, "message": ${raw.message}}`)
  }
  return contents
}

function sameJson(text: string, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === JSON.stringify(value)
  } catch {
    return false
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  )
}

/** The text of the outermost `header` and `message`, exactly as written; a document that names one twice has none. */
export function slicesOf(body: string): { header: string; message: string } | undefined {
  const found = new Map<string, string>()
  let depth = 0
  let key: string | undefined
  let began = -1
  const close = (end: number) => {
    if (key !== undefined && began >= 0) {
      if (found.has(key)) found.set('twice', '')
      found.set(key, body.slice(began, end).trim())
    }
    key = undefined
    began = -1
  }
  for (let index = 0; index < body.length; index++) {
    const sign = body[index]
    if (sign === '"') {
      const start = index
      for (index++; index < body.length && body[index] !== '"'; index++) if (body[index] === '\\') index++
      if (depth === 1 && key === undefined) key = body.slice(start + 1, index)
    } else if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') {
      if (--depth === 0) close(index)
    } else if (depth === 1 && sign === ':' && began < 0) began = index + 1
    else if (depth === 1 && sign === ',') close(index)
  }
  const header = found.get('header')
  const message = found.get('message')
  return header !== undefined && message !== undefined && !found.has('twice') ? { header, message } : undefined
}

/** Our own key, derived from the key of the installation, and the signatures we make with it. */
export type Signer = {
  keyId: string
  jwk: Record<string, unknown>
  sign(senderId: string, header: object, message: object, at: Date): string
}

export function makeSigner(secret: Buffer): Signer {
  const seed = Buffer.from(hkdfSync('sha256', secret, '', 'pilar exchange signing key 1', 32))
  // The 16 bytes before an ed25519 seed in PKCS #8 (RFC 8410).
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(privateKey)
  const jwk = publicKey.export({ format: 'jwk' })
  const keyId = createHash('sha256')
    .update(publicKey.export({ format: 'der', type: 'spki' }))
    .digest('hex')
    .slice(0, 16)
  return {
    keyId,
    jwk: { ...jwk, kid: keyId, alg: 'EdDSA', use: 'sig' },
    sign(senderId, header, message, at) {
      const created = Math.floor(at.getTime() / 1000)
      const times = { created: String(created), expires: String(created + 3600) }
      const digest = createHash('sha256').update(JSON.stringify({ header, message })).digest('base64')
      const signature = sign(null, Buffer.from(signingText(times, `SHA-256=${digest}`, '\n')), privateKey)
      return `Signature: namespace="spdci", kidId="${senderId}|${keyId}|ed25519", algorithm="ed25519", created="${times.created}", expires="${times.expires}", headers="(created) (expires) digest", signature="${signature.toString('base64')}"`
    },
  }
}
