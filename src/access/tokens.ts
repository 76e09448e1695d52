import { createHash, randomBytes } from 'node:crypto'

/** An opaque token of 256 random bits as base64url, and the sha256 under which the database knows it. */
export function newToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashToken(token) }
}

/** sha256 of a token; 32 bytes. Enough for a secret of 256 bits, which nobody guesses. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

/** True for what {@link newToken} could have made; anything else never reaches the database. */
export const looksLikeToken = (text: string | undefined): text is string =>
  text !== undefined && /^[A-Za-z0-9_-]{43}$/.test(text)
