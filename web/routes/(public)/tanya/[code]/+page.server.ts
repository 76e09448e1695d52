import { error, fail } from '@sveltejs/kit'
import { ask, send } from '#lib/api.ts'
import type { Answered, AskedQuestion } from '#src/distribution/asking/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const answer = await ask<AskedQuestion>(fetch, `/api/distribution/questions/${encodeURIComponent(params.code)}`)
  if (answer.ok) return { question: answer.data }
  if (answer.status >= 500 || answer.status === 429)
    error(answer.status, { message: answer.problem.title, code: answer.problem.code })
  return { question: null }
}

/** Rupiah as people type it: '300.000', 'Rp 300000'. */
const rupiahOf = (text: string): number | undefined => {
  const digits = text.replace(/^rp\.?/i, '').replace(/[\s.,]/g, '')
  return /^[0-9]{1,11}$/.test(digits) ? Number(digits) : undefined
}

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      received: text('received'),
      amount: text('amount'),
      cut: text('cut'),
      cutAmount: text('cutAmount'),
      note: text('note').slice(0, 1000),
    }
    const amount = rupiahOf(values.amount)
    const cutAmount = rupiahOf(values.cutAmount)
    const received = values.received === 'yes'
    const missing = [
      ...(values.received === '' ? [{ field: 'received', code: 'required' }] : []),
      ...(received && values.amount !== '' && amount === undefined ? [{ field: 'amount', code: 'number' }] : []),
      ...(received && values.cut === 'yes' && values.cutAmount !== '' && cutAmount === undefined
        ? [{ field: 'cutAmount', code: 'number' }]
        : []),
    ]
    if (missing.length > 0) return fail(400, { values, missing, problem: null })
    const answer = await send<Answered>(fetch, 'POST', '/api/distribution/questions', {
      code: params.code,
      received,
      ...(received && amount !== undefined && { amount }),
      ...(received && values.cut && { cut: values.cut === 'yes' }),
      ...(received && values.cut === 'yes' && cutAmount !== undefined && { cutAmount }),
      ...(values.note && { note: values.note }),
    })
    return answer.ok ? { answered: answer.data } : fail(answer.status, { values, missing: [], problem: answer.problem })
  },
}
