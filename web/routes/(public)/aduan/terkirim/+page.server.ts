import { redirect } from '@sveltejs/kit'
import { ask } from '#lib/api.ts'
import { findSent, forgetSent, openTicket, ticketHeader } from '#lib/complaints/ticket.ts'
import type { Tracking } from '#src/complaints/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'no-store' })
  const sent = findSent(event.cookies)
  if (!sent) return { sent: null, tracking: null, address: '' }
  openTicket(event, sent)
  const answer = await ask<Tracking>(event.fetch, '/api/tracking', { headers: ticketHeader(sent) })
  // Number and secret are shown in any case: they are told only here.
  return { sent, tracking: answer.ok ? answer.data : null, address: `${event.url.host}/lacak` }
}

export const actions: Actions = {
  default: ({ cookies }) => {
    forgetSent(cookies)
    redirect(303, '/')
  },
}
