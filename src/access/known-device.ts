import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { checkSigned, sign } from './sealed.ts'

/*
 * A browser that signed in to an account before may try again on a count of its own. So a stranger who fails at
 * somebody's name all day slows down strangers, and not the person at their own computer. It proves nothing else.
 */
export const DEVICE_COOKIE = 'perangkat'
const PURPOSE = 'known device'

/** The device's own number when the cookie was given for this account; undefined for a stranger. */
export function knownDevice(secret: Buffer, accountId: string, cookie: string | undefined): string | undefined {
  const [nonce, mac] = cookie?.split('.') ?? []
  if (!nonce || !mac) return undefined
  return checkSigned(secret, PURPOSE, `${accountId}:${nonce}.${mac}`, `${accountId}:${nonce}`) ? nonce : undefined
}

export function rememberDevice(reply: FastifyReply, accountId: string, nonce = randomBytes(16).toString('hex')): void {
  const { secret, baseUrl } = reply.server
  const mac = sign(secret, PURPOSE, `${accountId}:${nonce}`).split('.').at(-1)
  void reply.setCookie(DEVICE_COOKIE, `${nonce}.${mac}`, {
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: baseUrl.startsWith('https:'),
    maxAge: 180 * 86_400,
  })
}
