import { error, redirect, type Cookies } from '@sveltejs/kit'
import { m } from '#messages'
import { ask, send, type Answer } from '#lib/api.ts'
import type { Tracking } from '#src/complaints/schema.ts'
import { chosenFile } from './files.ts'
import { readNumber, readSymbols } from './number.ts'
import type { Fault } from './steps.ts'
import { closeTicket, findTicket, openTicket, ticketHeader, type Ticket } from './ticket.ts'

type Event = {
  fetch: typeof fetch
  cookies: Cookies
  url: URL
  setHeaders: (headers: Record<string, string>) => void
}

/** The case that is open in this browser, or the page that asks for its number. Nothing of it stays in caches. */
export async function readCase(event: Event): Promise<Tracking> {
  event.setHeaders({ 'cache-control': 'no-store' })
  const ticket = openedTicket(event)
  const answer = await ask<Tracking>(event.fetch, '/api/tracking', { headers: ticketHeader(ticket) })
  if (answer.ok) {
    openTicket(event, ticket)
    return answer.data
  }
  if (answer.status === 404) {
    closeTicket(event.cookies)
    redirect(303, '/lacak')
  }
  error(answer.status, { message: answer.problem.title, code: answer.problem.code })
}

/**
 * As `readCase`, for pages with something to write on: whoever took longer than half an hour over it gets the page
 * back with their words (null here), and the two fields that open the case again.
 */
export const readCaseToWrite = async (event: Event & { request: Request }): Promise<Tracking | null> =>
  event.request.method === 'POST' && !findTicket(event.cookies) ? null : readCase(event)

/** Opens the case with what was typed into `number` and `secret`; what is wrong with them otherwise. `path` says of what kind it is. */
export async function openWith(
  event: Event,
  typed: { number: string; secret: string },
  path: '/api/tracking' | '/api/rights/tracking' = '/api/tracking',
): Promise<Fault[]> {
  const ticket = ticketFrom(typed)
  if (Array.isArray(ticket)) return ticket
  const answer = await ask(event.fetch, path, { headers: ticketHeader(ticket) })
  if (!answer.ok) return missed(answer)
  openTicket(event, ticket)
  return []
}

/** Where each kind of number is followed; the API says of what kind a number is that opens something else. */
const pages: Readonly<Record<string, string>> = {
  number_of_proposal: '/lacak/usulan',
  number_of_data_request: '/lacak/data-saya',
}

/** Opens whatever the number is of, and says on which page; what is wrong with it otherwise. */
export async function openAnything(
  event: Event,
  typed: { number: string; secret: string },
): Promise<{ page: string } | { faults: Fault[] }> {
  const ticket = ticketFrom(typed)
  if (Array.isArray(ticket)) return { faults: ticket }
  const answer = await ask(event.fetch, '/api/tracking', { headers: ticketHeader(ticket) })
  const page = answer.ok ? '/lacak/aduan' : pages[answer.problem.code ?? '']
  if (page === undefined) return { faults: answer.ok ? [] : missed(answer) }
  openTicket(event, ticket)
  return { page }
}

function ticketFrom(typed: { number: string; secret: string }): Ticket | Fault[] {
  const number = readNumber(typed.number)
  const secret = readSymbols(typed.secret, 8, {
    missing: m.public_track_secret_missing,
    wrong: m.public_track_secret_length,
  })
  if (number.value !== undefined && secret.value !== undefined) return { number: number.value, secret: secret.value }
  return [
    ...(number.fault ? [{ field: 'number', message: number.fault }] : []),
    ...(secret.fault ? [{ field: 'secret', message: secret.fault }] : []),
  ]
}

function missed({ status, problem }: Extract<Answer<unknown>, { ok: false }>): Fault[] {
  if (status === 404) return [{ field: 'number', message: m.public_track_no_match() }]
  if (status !== 429) return [{ message: m.common_error_500_text() }]
  return [{ message: m.public_track_later({ minutes: Math.max(1, Math.ceil((problem.retryAfter ?? 900) / 60)) }) }]
}

export const typedTicket = (form: FormData): { number: string; secret: string } => {
  const text = (name: string) => String(form.get(name) ?? '').slice(0, 100)
  return { number: text('number'), secret: text('secret') }
}

/** What keeps a form from being sent because the case is closed in this browser; nothing when it is open. */
export async function locked(event: Event, form: FormData): Promise<Fault[]> {
  if (findTicket(event.cookies)) return []
  return form.has('number')
    ? openWith(event, typedTicket(form))
    : [{ field: 'number', message: m.public_reply_locked() }]
}

/** The number and secret behind the cookie, or the page that asks for them. */
export function openedTicket({ cookies }: Pick<Event, 'cookies'>): Ticket {
  return findTicket(cookies) ?? redirect(303, '/lacak?habis')
}

/** One act of the citizen: `path` below /api/tracking. */
export const act = (event: Event, path: string, body?: object | FormData): Promise<Answer<Tracking>> =>
  send<Tracking>(event.fetch, 'POST', `/api/tracking/${path}`, body, ticketHeader(openedTicket(event)))

/**
 * Whether the very same was done a moment ago: without JavaScript nothing stops a second press of a button, and the
 * second must not show a failure, nor say the same words twice.
 */
export async function doneAlready(event: Event, done: (tracking: Tracking) => boolean): Promise<boolean> {
  const headers = ticketHeader(openedTicket(event))
  const answer = await ask<Tracking>(event.fetch, '/api/tracking', { headers })
  return answer.ok && done(answer.data)
}

/** The last thing the citizen did was to say these words, in an event of this kind. */
export function saidLast(tracking: Tracking, kind: string, words: string): boolean {
  const last = tracking.events.findLast((one) => one.byCitizen && one.body !== null)
  return last?.kind === kind && last.body === words
}

/** Adds the file chosen in a form, if there is one; the sentence why not, when it was refused. */
export async function addChosenFile(event: Event, form: FormData): Promise<string | undefined> {
  const file = chosenFile(form)
  if (!file) return undefined
  const answer = await act(event, 'evidence', file)
  return answer.ok ? undefined : whyNot(answer)
}

/** Why the API refused, as a sentence for the citizen. */
export function whyNot({ status, problem }: Extract<Answer<unknown>, { ok: false }>): string {
  if (status === 409 || status === 404) return m.public_reply_not_now()
  if (status >= 500) return m.public_reply_not_sent()
  return problem.errors?.[0]?.message ?? problem.title
}

/** What a page answers with when it could not send: the status a browser understands. */
export const failure = (status: number): number => (status >= 500 ? 503 : status)
