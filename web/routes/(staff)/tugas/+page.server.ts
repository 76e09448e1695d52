import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import { samePath } from '#lib/preferences.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await send(fetch, 'POST', '/api/me/acting', { assignmentId: String(form.get('assignment') ?? '') })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem })
    redirect(303, samePath(String(form.get('kembali') ?? '/masuk')))
  },
}
