import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { act, doneAlready, failure, locked, readCaseToWrite, typedTicket, whyNot } from '#lib/complaints/follow.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const tracking = await readCaseToWrite(event)
  if (event.request.method === 'GET' && !tracking?.can.includes('withdraw')) redirect(303, '/lacak/aduan')
}

export const actions: Actions = {
  default: async (event) => {
    const form = await event.request.formData()
    const reason = String(form.get('reason') ?? '').replaceAll('\r\n', '\n')
    const refuse = (status: number, message: string) => fail(status, { reason, faults: [{ field: 'reason', message }] })
    const shut = await locked(event, form)
    if (shut.length > 0) return fail(400, { reason, ticket: typedTicket(form), faults: shut })
    if (reason.trim().length < 3) return refuse(400, m.public_withdraw_missing())
    const answer = await act(event, 'withdraw', { reason: reason.trim() })
    if (!answer.ok && (await doneAlready(event, ({ state }) => state === 'withdrawn')))
      redirect(303, '/lacak/aduan?selesai=cabut')
    if (!answer.ok) return refuse(failure(answer.status), whyNot(answer))
    redirect(303, '/lacak/aduan?selesai=cabut')
  },
}
