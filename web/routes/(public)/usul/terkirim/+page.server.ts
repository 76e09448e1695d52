import { redirect } from '@sveltejs/kit'
import { findSent, forgetSent } from '#lib/proposals/citizen/sent.ts'
import { openTicket } from '#lib/complaints/ticket.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = (event) => {
  event.setHeaders({ 'cache-control': 'no-store' })
  const sent = findSent(event.cookies)
  if (sent) openTicket(event, sent)
  return { sent, address: `${event.url.host}/lacak` }
}

export const actions: Actions = {
  default: ({ cookies }) => {
    forgetSent(cookies)
    redirect(303, '/')
  },
}
