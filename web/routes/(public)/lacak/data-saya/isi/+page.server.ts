import { error, redirect } from '@sveltejs/kit'
import { ask } from '#lib/api.ts'
import { openedTicket } from '#lib/complaints/follow.ts'
import { openTicket, ticketHeader } from '#lib/complaints/ticket.ts'
import type { HeldData } from '#src/people/rights/schema.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'no-store' })
  const ticket = openedTicket(event)
  const answer = await ask<HeldData>(event.fetch, '/api/rights/tracking/held', { headers: ticketHeader(ticket) })
  if (answer.ok) {
    openTicket(event, ticket)
    return { held: answer.data }
  }
  // Not answered yet, closed again, or no longer known: the page of the request says which.
  if (answer.status === 404 || answer.status === 409) redirect(303, '/lacak/data-saya')
  error(answer.status, { message: answer.problem.title, code: answer.problem.code })
}
