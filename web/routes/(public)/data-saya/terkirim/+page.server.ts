import { ask } from '#lib/api.ts'
import { openTicket, ticketHeader } from '#lib/complaints/ticket.ts'
import { findSent } from '#lib/rights/sent.ts'
import type { TrackedRequest } from '#src/people/rights/schema.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'no-store' })
  const sent = findSent(event.cookies)
  if (!sent) return { sent: null, tracking: null, address: '' }
  openTicket(event, sent)
  const answer = await ask<TrackedRequest>(event.fetch, '/api/rights/tracking', { headers: ticketHeader(sent) })
  return { sent, tracking: answer.ok ? answer.data : null, address: `${event.url.host}/lacak/data-saya` }
}
