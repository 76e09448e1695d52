import type { Cookies } from '@sveltejs/kit'
import type { Submitted } from '#src/people/proposals/schema.ts'

/** What the page after sending shows, in a cookie no script can read, for an hour. */
export type Sent = {
  number: string
  secret: string
  period: string
  cutOff: string
  nextMonth: boolean
  doubtful: boolean
}

const name = 'usul-terkirim'
const path = '/usul'
const hour = 60 * 60

export const keepSent = ({ cookies, url }: { cookies: Cookies; url: URL }, sent: Submitted): void =>
  cookies.set(
    name,
    [
      sent.number,
      sent.secret,
      sent.period,
      sent.cutOff,
      sent.nextMonth ? 'next' : 'this',
      sent.warnings.length > 0 ? 'doubt' : 'sure',
    ].join(' '),
    { path, maxAge: hour, httpOnly: true, sameSite: 'lax', secure: url.protocol === 'https:' },
  )

export function findSent(cookies: Cookies): Sent | null {
  const [number, secret, period, cutOff, month, doubt] = cookies.get(name)?.split(' ') ?? []
  if (!number || !secret || !period || !cutOff) return null
  return { number, secret, period, cutOff, nextMonth: month === 'next', doubtful: doubt === 'doubt' }
}

export const forgetSent = (cookies: Cookies): void => cookies.delete(name, { path })
