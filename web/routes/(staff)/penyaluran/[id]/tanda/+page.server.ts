import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  look: async ({ fetch, params }) => {
    const answer = await send(fetch, 'POST', `/api/rounds/${encodeURIComponent(params.id)}/signs`, {})
    return answer.ok ? { told: true } : fail(answer.status, { problem: answer.problem })
  },
  judge: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = { kind: text('kind'), key: text('key'), decision: text('decision'), note: text('note') }
    const answer = await send(fetch, 'POST', `/api/rounds/${encodeURIComponent(params.id)}/signs/judge`, values)
    return answer.ok ? { told: true } : fail(answer.status, { problem: answer.problem, values })
  },
}
