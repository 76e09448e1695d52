import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { ask } from '#lib/api.ts'
import { readNumber, readSymbols } from '#lib/complaints/number.ts'
import type { Fault } from '#lib/complaints/steps.ts'
import { closeTicket, openTicket, ticketHeader } from '#lib/complaints/ticket.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  return { expired: url.searchParams.has('habis'), signedOut: url.searchParams.has('tutup') }
}

export const actions: Actions = {
  open: async (event) => {
    const form = await event.request.formData()
    const text = (name: string) => String(form.get(name) ?? '').slice(0, 100)
    const typed = { number: text('number'), secret: text('secret') }
    const number = readNumber(typed.number)
    const secret = readSymbols(typed.secret, 8, {
      missing: m.public_track_secret_missing,
      wrong: m.public_track_secret_length,
    })
    const faults: Fault[] = [
      ...(number.fault ? [{ field: 'number', message: number.fault }] : []),
      ...(secret.fault ? [{ field: 'secret', message: secret.fault }] : []),
    ]
    if (number.value === undefined || secret.value === undefined) return fail(400, { typed, faults })

    const ticket = { number: number.value, secret: secret.value }
    const answer = await ask(event.fetch, '/api/tracking', { headers: ticketHeader(ticket) })
    if (answer.ok) {
      openTicket(event, ticket)
      redirect(303, '/lacak/aduan')
    }
    const { status, problem } = answer
    if (status === 404) return fail(400, { typed, faults: [{ field: 'number', message: m.public_track_no_match() }] })
    if (status !== 429) return fail(503, { typed, faults: [{ message: m.common_error_500_text() }] })
    const minutes = Math.max(1, Math.ceil((problem.retryAfter ?? 900) / 60))
    return fail(429, { typed, faults: [{ message: m.public_track_later({ minutes }) }] })
  },
  close: ({ cookies }) => {
    closeTicket(cookies)
    redirect(303, '/lacak?tutup')
  },
}
