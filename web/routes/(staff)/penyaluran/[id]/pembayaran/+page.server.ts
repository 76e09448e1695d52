import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { PaymentFileView } from '#src/distribution/payments/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const bank = String(form.get('bank') ?? '')
    const answer = await send<PaymentFileView>(fetch, 'POST', `/api/rounds/${encodeURIComponent(params.id)}/payments`, {
      way: String(form.get('way') ?? ''),
      ...(bank && { bank }),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    redirect(303, `/penyaluran/${params.id}/pembayaran/${answer.data.id}`)
  },
}
