import { fail } from '@sveltejs/kit'
import type { Found } from '#src/people/finding/schema.ts'
import { send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ setHeaders }) => setHeaders({ 'cache-control': 'no-store' })

/** A form, not an address: names and numbers must not stay in histories and logs. */
export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const q = String(form.get('q') ?? '')
      .trim()
      .slice(0, 200)
    const page = Number(form.get('page') ?? 1)
    if (q === '') return { q }
    const answer = await send<Found>(fetch, 'POST', '/api/register/search', { q, page })
    return answer.ok ? { q, found: answer.data } : fail(answer.status, { q, problem: answer.problem })
  },
}
