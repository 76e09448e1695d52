import { fail, redirect } from '@sveltejs/kit'
import { m } from '#messages'
import { act, failure, readCase, whyNot } from '#lib/complaints/follow.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const tracking = await readCase(event)
  if (event.request.method === 'GET' && !tracking.can.includes('withdraw')) redirect(303, '/lacak/aduan')
}

export const actions: Actions = {
  default: async (event) => {
    const reason = String((await event.request.formData()).get('reason') ?? '').replaceAll('\r\n', '\n')
    const refuse = (status: number, message: string) => fail(status, { reason, faults: [{ field: 'reason', message }] })
    if (reason.trim().length < 3) return refuse(400, m.public_withdraw_missing())
    const answer = await act(event, 'withdraw', { reason: reason.trim() })
    if (!answer.ok) return refuse(failure(answer.status), whyNot(answer))
    redirect(303, '/lacak/aduan?selesai=cabut')
  },
}
