import { error, fail, redirect } from '@sveltejs/kit'
import { ask, send, type Answer } from '#lib/api.ts'
import { chosenFile } from '#lib/complaints/files.ts'
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

const act = (event: RequestEvent, path: string, body: object | FormData): Promise<Answer<TrackedProposal>> =>
  send<TrackedProposal>(event.fetch, 'POST', `/api/proposal-tracking/${path}`, body, ticketHeader(openedTicket(event)))

/** Why it was refused, in words about a proposal. */
const why = (answer: Extract<Answer<unknown>, { ok: false }>): string =>
  answer.status === 409 || answer.status === 404 ? m.proposals_public_not_now() : whyNot(answer)

export const actions: Actions = {
  file: async (event) => {
    const form = await event.request.formData()
    const refuse = (status: number, message: string) =>
      fail(status, { body: '', reason: '', faults: [{ field: 'file', message }] })
    const file = chosenFile(form, 'file', { what: String(form.get('what') ?? '').slice(0, 20) })
    if (!file) return refuse(400, m.public_new_file_missing())
    const answer = await act(event, 'files', file)
    if (!answer.ok) return refuse(failure(answer.status), why(answer))
    redirect(303, '/lacak/usulan?selesai=foto')
  },
  complete: async (event) => {
    const body = String((await event.request.formData()).get('body') ?? '')
      .replaceAll('\r\n', '\n')
      .trim()
    if (body === '')
      return fail(400, { body, reason: '', faults: [{ field: 'body', message: m.proposals_public_body_missing() }] })
    const answer = await act(event, 'complete', { body })
    if (!answer.ok)
      return fail(failure(answer.status), { body, reason: '', faults: [{ field: 'body', message: why(answer) }] })
    redirect(303, '/lacak/usulan?selesai=lengkap')
  },
  withdraw: async (event) => {
    const reason = String((await event.request.formData()).get('reason') ?? '')
      .replaceAll('\r\n', '\n')
      .trim()
    if (reason.length < 3)
      return fail(400, {
        body: '',
        reason,
        faults: [{ field: 'reason', message: m.proposals_public_withdraw_missing() }],
      })
    const answer = await act(event, 'withdraw', { reason })
    if (!answer.ok)
      return fail(failure(answer.status), { body: '', reason, faults: [{ field: 'reason', message: why(answer) }] })
    redirect(303, '/lacak/usulan?selesai=cabut')
  },
}
