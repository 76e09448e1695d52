import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Campaign } from '#src/people/movement/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      name: text('name'),
      reason: text('reason'),
      regionCode: text('regionCode'),
      startsOn: text('startsOn'),
      dueOn: text('dueOn'),
      withQuestionnaire: form.has('withQuestionnaire'),
    }
    const answer = await send<Campaign>(fetch, 'POST', '/api/register/campaigns', values)
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    redirect(303, `/pemutakhiran/${answer.data.id}`)
  },
}
