import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

const keyFor = (secret: Buffer, purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', `pilar ${purpose}`, 32))

/**
 * AES-256-GCM under a key of its own for each purpose; bound to `owner`, so that a sealed value copied to another row
 * does not open. Bytes: nonce (12), tag (16), text.
 */
export function seal(secret: Buffer, purpose: string, owner: string, text: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyFor(secret, purpose), nonce).setAAD(Buffer.from(owner))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed])
}

/** The text of {@link seal}; throws when it was changed, or sealed for another owner or with another key. */
export function unseal(secret: Buffer, purpose: string, owner: string, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', keyFor(secret, purpose), sealed.subarray(0, 12))
  decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(12, 28))
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8')
}

/** A text whose origin here can be checked later: `text.mac`. */
export const sign = (secret: Buffer, purpose: string, text: string): string =>
  `${text}.${createHmac('sha256', keyFor(secret, purpose)).update(text).digest('base64url')}`

export function checkSigned(secret: Buffer, purpose: string, signed: string, text: string): boolean {
  const expected = Buffer.from(sign(secret, purpose, text))
  const given = Buffer.from(signed)
  return expected.length === given.length && timingSafeEqual(expected, given)
}
