import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  ganti: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const family = String(form.get('family') ?? '')
    const path = `/api/rounds/${encodeURIComponent(params.id)}/entitlements/${encodeURIComponent(family)}/reissue`
    const answer = await send<{ code: string }>(fetch, 'POST', path, { reason: String(form.get('reason') ?? '') })
    return answer.ok ? { reissued: answer.data.code } : fail(answer.status, { problem: answer.problem })
  },
}
