import type { Cookies } from '@sveltejs/kit'

/** The number and the secret a citizen follows a complaint with, in cookies no script can read. */
export type Ticket = { number: string; secret: string }

type Place = { cookies: Cookies; url: URL }

const minutes = 60
// Long enough to read and to write a reply, short enough for a telephone that is passed around.
const trackingAge = 30 * minutes
const sentAge = 60 * minutes

const options = ({ url }: Place, path: string, maxAge: number) => ({
  path,
  maxAge,
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: url.protocol === 'https:',
})

/** Opens the case in this browser for half an hour from now; called on every look, so the time slides. */
export const openTicket = (place: Place, ticket: Ticket): void =>
  place.cookies.set('lacak', `${ticket.number} ${ticket.secret}`, options(place, '/lacak', trackingAge))

/** The case that is open in this browser. */
export const findTicket = (cookies: Cookies): Ticket | null => read(cookies.get('lacak'))

export const closeTicket = (cookies: Cookies): void => cookies.delete('lacak', { path: '/lacak' })

export const ticketHeader = (ticket: Ticket): Record<string, string> => ({
  'x-tracking': `${ticket.number} ${ticket.secret}`,
})

/** Keeps what the confirmation page shows, so that reloading it shows it again; `doubts` are codes without a value. */
export const keepSent = (place: Place, ticket: Ticket, doubts: readonly string[]): void =>
  place.cookies.set('terkirim', [ticket.number, ticket.secret, ...doubts].join(' '), options(place, '/aduan', sentAge))

export function findSent(cookies: Cookies): (Ticket & { doubts: string[] }) | null {
  const value = cookies.get('terkirim')
  const ticket = read(value)
  return ticket && { ...ticket, doubts: value?.split(' ').slice(2) ?? [] }
}

export const forgetSent = (cookies: Cookies): void => cookies.delete('terkirim', { path: '/aduan' })

function read(value: string | undefined): Ticket | null {
  const [number, secret] = value?.split(' ') ?? []
  return number && secret ? { number, secret } : null
}
