import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Answered } from '#src/distribution/asking/schema.ts'
import type { Actions } from './$types'

const rupiahOf = (text: string): number | undefined => {
  const digits = text.replace(/[\s.,]/g, '')
  return /^[0-9]{1,11}$/.test(digits) ? Number(digits) : undefined
}

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      asking: text('asking'),
      family: text('family'),
      received: text('received'),
      amount: text('amount'),
      cut: text('cut'),
      cutAmount: text('cutAmount'),
      note: text('note'),
    }
    const amount = rupiahOf(values.amount)
    const cutAmount = rupiahOf(values.cutAmount)
    const received = values.received === 'yes'
    const body =
      values.received === 'not_met'
        ? { notMet: true }
        : {
            ...(values.received !== '' && { received }),
            ...(received && amount !== undefined && { amount }),
            ...(received && values.cut && { cut: values.cut === 'yes' }),
            ...(received && values.cut === 'yes' && cutAmount !== undefined && { cutAmount }),
            ...(values.note && { note: values.note }),
          }
    const path = `/api/distribution/visits/${encodeURIComponent(values.asking)}/${encodeURIComponent(values.family)}`
    const answer = await send<Answered>(fetch, 'POST', path, body)
    return answer.ok ? { answered: answer.data } : fail(answer.status, { problem: answer.problem, values })
  },
}
