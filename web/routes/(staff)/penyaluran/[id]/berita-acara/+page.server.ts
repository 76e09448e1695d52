import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { HandoverPaper } from '#src/distribution/papers/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const stop = String(form.get('stop') ?? '')
    const answer = await send<HandoverPaper>(fetch, 'POST', `/api/rounds/${encodeURIComponent(params.id)}/minutes`, {
      regionCode: String(form.get('village') ?? ''),
      ...(stop && { stopId: stop }),
    })
    return answer.ok ? { made: answer.data.number } : fail(answer.status, { problem: answer.problem })
  },
}
