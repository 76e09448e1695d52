import { fail } from '@sveltejs/kit'
import type { FactorsBody } from '#src/access/schema.ts'
import { repeatedWrong } from '#lib/access/repeated.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url }) => ({
  factors: await read<FactorsBody>(fetch, '/api/me/factors', url),
})

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const wrong = repeatedWrong(form)
    if (wrong) return fail(400, { problem: wrong })
    const answer = await send(fetch, 'POST', '/api/me/password', {
      current: String(form.get('current') ?? ''),
      password: String(form.get('password') ?? ''),
      keepOthers: form.get('keepOthers') === 'on',
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    return { done: true }
  },
}
