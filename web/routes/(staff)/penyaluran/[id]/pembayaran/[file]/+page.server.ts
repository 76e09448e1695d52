import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { PaymentResult } from '#src/distribution/payments/schema.ts'
import type { Actions } from './$types'

const pathOf = (params: { id: string; file: string }) =>
  `/api/rounds/${encodeURIComponent(params.id)}/payments/${encodeURIComponent(params.file)}`

export const actions: Actions = {
  release: async ({ fetch, params }) => {
    const answer = await send(fetch, 'POST', `${pathOf(params)}/release`, {})
    return answer.ok ? undefined : fail(answer.status, { problem: answer.problem })
  },
  discard: async ({ request, fetch, params }) => {
    const reason = String((await request.formData()).get('reason') ?? '').trim()
    const answer = await send(fetch, 'POST', `${pathOf(params)}/discard`, { reason })
    return answer.ok ? undefined : fail(answer.status, { problem: answer.problem, reason })
  },
  results: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const body = new FormData()
    const file = form.get('file')
    if (file instanceof File) body.set('file', file)
    const dry = form.get('how') !== 'take'
    const answer = await send<PaymentResult>(fetch, 'POST', `${pathOf(params)}/results${dry ? '?dry=true' : ''}`, body)
    return answer.ok ? { result: answer.data } : fail(answer.status, { problem: answer.problem })
  },
}
