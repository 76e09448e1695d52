import type { Cookies } from '@sveltejs/kit'
import type { Ticket } from '#lib/complaints/ticket.ts'

const name = 'data_terkirim'
const path = '/data-saya'

/** Keeps number and secret for an hour, so that reloading the page that tells them tells them again. */
export const keepSent = ({ cookies, url }: { cookies: Cookies; url: URL }, { number, secret }: Ticket): void =>
  cookies.set(name, `${number} ${secret}`, {
    path,
    maxAge: 3600,
    httpOnly: true,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
  })

export function findSent(cookies: Cookies): Ticket | null {
  const [number, secret] = cookies.get(name)?.split(' ') ?? []
  return number && secret ? { number, secret } : null
}
