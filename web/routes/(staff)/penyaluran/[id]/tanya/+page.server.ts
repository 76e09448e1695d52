import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = { size: text('size'), door: text('door'), seed: text('seed') }
    const answer = await send(fetch, 'POST', `/api/rounds/${encodeURIComponent(params.id)}/askings`, {
      door: values.door,
      size: Number(values.size) || 0,
      ...(values.seed && { seed: values.seed }),
    })
    return answer.ok ? { drawn: true } : fail(answer.status, { problem: answer.problem, values })
  },
}
