import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import { decideAddition } from '#lib/determination/adding.ts'
import { pathOf } from '#lib/determination/load.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  usulkan: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const note = String(form.get('note') ?? '').trim()
    const answer = await send(fetch, 'POST', `${pathOf(params.id)}/additions`, {
      familyId: String(form.get('family') ?? ''),
      ...(note && { note }),
    })
    return answer.ok ? { proposed: true } : fail(answer.status, { problem: answer.problem, note })
  },
  putuskan: (event) => decideAddition(event),
}
