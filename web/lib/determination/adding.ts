import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'

type Event = { request: Request; fetch: typeof globalThis.fetch }

/** Decides an addition, the same on every page that shows some. What was typed comes back with what is wrong. */
export async function decideAddition({ request, fetch }: Event) {
  const form = await request.formData()
  const text = (name: string) => String(form.get(name) ?? '').trim()
  const id = text('id')
  const note = text('note')
  const answer = await send(fetch, 'POST', `/api/additions/${encodeURIComponent(id)}/decide`, {
    decision: text('decision'),
    ...(note && { note }),
  })
  return answer.ok ? { decided: true } : fail(answer.status, { problem: answer.problem, refused: { id, note } })
}
