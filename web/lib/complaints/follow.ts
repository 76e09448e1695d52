import { error, redirect, type Cookies } from '@sveltejs/kit'
import { m } from '#messages'
import { ask, send, type Answer } from '#lib/api.ts'
import type { Tracking } from '#src/complaints/schema.ts'
import { chosenFile } from './files.ts'
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

/** The number and secret behind the cookie, or the page that asks for them. */
export function openedTicket({ cookies }: Pick<Event, 'cookies'>): Ticket {
  return findTicket(cookies) ?? redirect(303, '/lacak?habis')
}

/** One act of the citizen: `path` below /api/tracking. */
export const act = (event: Event, path: string, body?: object | FormData): Promise<Answer<Tracking>> =>
  send<Tracking>(event.fetch, 'POST', `/api/tracking/${path}`, body, ticketHeader(openedTicket(event)))

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
