import { fail, redirect } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Determination } from '#src/programmes/determination/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      programmeCode: text('programmeCode'),
      period: text('period'),
      asOf: text('asOf'),
      regionCode: text('regionCode'),
      regionText: text('regionCode-cari'),
      quota: text('quota'),
    }
    const { asOf, quota, regionText: _, ...given } = values
    const answer = await send<Determination>(fetch, 'POST', '/api/determinations', {
      ...given,
      ...(asOf && { asOf }),
      ...(quota && { quota: Number(quota) }),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    redirect(303, `/penetapan/${answer.data.id}`)
  },
}
