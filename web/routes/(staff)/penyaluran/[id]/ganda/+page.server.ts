import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = { id: text('id'), countedId: text('countedId'), resolution: text('resolution'), note: text('note') }
    const path = `/api/rounds/${encodeURIComponent(params.id)}/conflicts/${encodeURIComponent(values.id)}/resolve`
    const { id: _, ...verdict } = values
    const answer = await send(fetch, 'POST', path, verdict)
    return answer.ok ? { resolved: true } : fail(answer.status, { problem: answer.problem, values })
  },
}
