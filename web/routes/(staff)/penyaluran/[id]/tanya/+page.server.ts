import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Visited } from '#src/distribution/asking/schema.ts'
import type { Actions } from './$types'

const pathOf = (id: string) => `/api/rounds/${encodeURIComponent(id)}/askings`

export const actions: Actions = {
  draw: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = { size: text('size'), door: text('door'), seed: text('seed') }
    const answer = await send(fetch, 'POST', pathOf(params.id), {
      door: values.door,
      size: Number(values.size) || 0,
      ...(values.seed && { seed: values.seed }),
    })
    return answer.ok ? { drawn: true as const } : fail(answer.status, { problem: answer.problem, values })
  },
  visit: async ({ fetch, params }) => {
    const answer = await send<Visited>(fetch, 'POST', `${pathOf(params.id)}/visits`, {})
    return answer.ok ? { visited: answer.data.visited } : fail(answer.status, { problem: answer.problem })
  },
}
