import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'

type Event = { request: Request; fetch: typeof globalThis.fetch }
type Of = { list: string; family: string }

const at = ({ list, family }: Of) => `/api/entitlements/${encodeURIComponent(list)}/${encodeURIComponent(family)}`

/** Form actions about entitlements, the same on every page that has them. What was typed comes back with what is wrong. */
export async function askForWithdrawal({ request, fetch }: Event, given?: Of) {
  const form = await request.formData()
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const of = given ?? { list: text('list'), family: text('family') }
  const values = { reason: text('reason'), note: text('note'), ref: text('ref') }
  const answer = await send(fetch, 'POST', `${at(of)}/withdrawal`, {
    reason: values.reason,
    ...(values.note && { note: values.note }),
    ...(values.ref && { ref: values.ref }),
  })
  return answer.ok ? { asked: true } : fail(answer.status, { problem: answer.problem, values })
}

export async function keepChanged({ request, fetch }: Event) {
  const form = await request.formData()
  const of = { list: String(form.get('list') ?? ''), family: String(form.get('family') ?? '') }
  const answer = await send(fetch, 'POST', `${at(of)}/keep`, {})
  return answer.ok ? { kept: true } : fail(answer.status, { problem: answer.problem })
}

export async function decideWithdrawal({ request, fetch }: Event) {
  const form = await request.formData()
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const id = text('id')
  const note = text('note')
  const answer = await send(fetch, 'POST', `/api/withdrawals/${encodeURIComponent(id)}/decide`, {
    decision: text('decision'),
    ...(note && { note }),
  })
  return answer.ok ? { decided: true } : fail(answer.status, { problem: answer.problem, refused: { id, note } })
}
