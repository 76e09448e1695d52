import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      name: text('name'),
      username: text('username').toLowerCase(),
      email: text('email'),
      homeRegionCode: text('homeRegionCode'),
      homeRegionText: text('homeRegionCode-cari'),
    }
    const { email, homeRegionText: _shown, ...rest } = values
    const answer = await send<{ id: string; temporaryPassword: string }>(fetch, 'POST', '/api/accounts', {
      ...rest,
      ...(email && { email }),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    return { made: { ...answer.data, username: values.username, name: values.name } }
  },
}
