import { error, fail, redirect } from '@sveltejs/kit'
import { ask, send, type Answer } from '#lib/api.ts'
import { failure, openedTicket, whyNot } from '#lib/complaints/follow.ts'
import { closeTicket, openTicket, ticketHeader } from '#lib/complaints/ticket.ts'
import type { TrackedProposal } from '#src/people/proposals/schema.ts'
import { m } from '#messages'
import type { Actions, PageServerLoad, RequestEvent } from './$types'

export const load: PageServerLoad = async (event) => {
  event.setHeaders({ 'cache-control': 'no-store' })
  const ticket = openedTicket(event)
  const answer = await ask<TrackedProposal>(event.fetch, '/api/proposal-tracking', { headers: ticketHeader(ticket) })
  if (answer.ok) {
    openTicket(event, ticket)
    return { tracking: answer.data, done: event.url.searchParams.get('selesai') ?? '' }
  }
  if (answer.status === 404) {
    closeTicket(event.cookies)
    redirect(303, '/lacak')
  }
  error(answer.status, { message: answer.problem.title, code: answer.problem.code })
}

const act = (event: RequestEvent, path: string, body: object): Promise<Answer<TrackedProposal>> =>
  send<TrackedProposal>(event.fetch, 'POST', `/api/proposal-tracking/${path}`, body, ticketHeader(openedTicket(event)))

export const actions: Actions = {
  complete: async (event) => {
    const body = String((await event.request.formData()).get('body') ?? '')
      .replaceAll('\r\n', '\n')
      .trim()
    if (body === '')
      return fail(400, { body, reason: '', faults: [{ field: 'body', message: m.proposals_public_body_missing() }] })
    const answer = await act(event, 'complete', { body })
    if (!answer.ok)
      return fail(failure(answer.status), { body, reason: '', faults: [{ field: 'body', message: whyNot(answer) }] })
    redirect(303, '/lacak/usulan?selesai=lengkap')
  },
  withdraw: async (event) => {
    const reason = String((await event.request.formData()).get('reason') ?? '')
      .replaceAll('\r\n', '\n')
      .trim()
    if (reason.length < 3)
      return fail(400, { body: '', reason, faults: [{ field: 'reason', message: m.public_withdraw_missing() }] })
    const answer = await act(event, 'withdraw', { reason })
    if (!answer.ok)
      return fail(failure(answer.status), { body: '', reason, faults: [{ field: 'reason', message: whyNot(answer) }] })
    redirect(303, '/lacak/usulan?selesai=cabut')
  },
}
