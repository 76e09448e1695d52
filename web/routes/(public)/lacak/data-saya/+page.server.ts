import { error, fail, redirect } from '@sveltejs/kit'
import { ask, send } from '#lib/api.ts'
import { chosenFile } from '#lib/complaints/files.ts'
import { failure, openedTicket, openWith, typedTicket, whyNot } from '#lib/complaints/follow.ts'
import type { Fault } from '#lib/complaints/steps.ts'
import { closeTicket, findTicket, openTicket, ticketHeader } from '#lib/complaints/ticket.ts'
import { m } from '#messages'
import type { TrackedRequest } from '#src/people/rights/schema.ts'
import type { Actions, PageServerLoad } from './$types'

/** The request open in this browser; null: the page asks for its number and secret. */
export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'no-store' })
  const ticket = findTicket(event.cookies)
  const done = event.url.searchParams.get('selesai') ?? ''
  if (!ticket) return { tracking: null, done }
  const answer = await ask<TrackedRequest>(event.fetch, '/api/rights/tracking', { headers: ticketHeader(ticket) })
  if (answer.ok) {
    openTicket(event, ticket)
    return { tracking: answer.data, done }
  }
  if (answer.status === 404) {
    closeTicket(event.cookies)
    return { tracking: null, done: '' }
  }
  error(answer.status, { message: answer.problem.title, code: answer.problem.code })
}

const nothing = { number: '', secret: '' }
const refuse = (status: number, faults: Fault[], typed = nothing) => fail(status, { typed, faults })

export const actions: Actions = {
  open: async (event) => {
    const typed = typedTicket(await event.request.formData())
    const faults = await openWith(event, typed, '/api/rights/tracking')
    if (faults.length > 0) return refuse(400, faults, typed)
    redirect(303, '/lacak/data-saya')
  },
  card: async (event) => {
    const file = chosenFile(await event.request.formData())
    if (!file) return refuse(400, [{ field: 'file', message: m.rights_card_missing() }])
    const headers = ticketHeader(openedTicket(event))
    const answer = await send<TrackedRequest>(event.fetch, 'POST', '/api/rights/tracking/card', file, headers)
    if (!answer.ok) return refuse(failure(answer.status), [{ field: 'file', message: whyNot(answer) }])
    redirect(303, '/lacak/data-saya?selesai=foto')
  },
  withdraw: async (event) => {
    const headers = ticketHeader(openedTicket(event))
    const answer = await send<TrackedRequest>(event.fetch, 'POST', '/api/rights/tracking/withdraw', undefined, headers)
    if (!answer.ok && answer.status !== 409) return refuse(failure(answer.status), [{ message: whyNot(answer) }])
    redirect(303, '/lacak/data-saya?selesai=cabut')
  },
}
