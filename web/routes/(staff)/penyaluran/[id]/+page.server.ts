import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

const act = (name: string, withNote: boolean) =>
  (async ({ request, fetch, params }) => {
    const form = await request.formData()
    const note = String(form.get('note') ?? '').trim()
    const path = `/api/rounds/${encodeURIComponent(params.id)}/${name}`
    const answer = await send(fetch, 'POST', path, withNote && note ? { note } : {})
    return answer.ok ? { done: true } : fail(answer.status, { problem: answer.problem, note })
  }) satisfies Actions[string]

export const actions: Actions = {
  undang: act('invite', false),
  buka: act('open', false),
  tutup: act('close', true),
  batalkan: act('cancel', true),
}
