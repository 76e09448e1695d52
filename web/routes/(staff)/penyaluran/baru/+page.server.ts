import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      determinationId: text('determinationId'),
      name: text('name'),
      way: text('way'),
      opensOn: text('opensOn'),
      closesOn: text('closesOn'),
    }
    const answer = await send<Round>(fetch, 'POST', '/api/rounds', values)
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    redirect(303, `/penyaluran/${answer.data.id}/jadwal`)
  },
}
