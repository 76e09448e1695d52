import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Filed } from '#src/complaints/schema.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = {
      id: text('id'),
      matter: text('matter'),
      body: text('body'),
      name: text('name'),
      phone: text('phone'),
      aboutOffice: form.has('aboutOffice'),
    }
    const path = `/api/complaints/of-delivery/${encodeURIComponent(params.id)}/${encodeURIComponent(params.family)}`
    const answer = await send<Filed>(fetch, 'POST', path, {
      id: values.id,
      matter: values.matter,
      body: values.body,
      aboutOffice: values.aboutOffice,
      ...((values.name || values.phone) && {
        complainant: { ...(values.name && { name: values.name }), ...(values.phone && { phone: values.phone }) },
      }),
    })
    if (!answer.ok) return fail(answer.status, { problem: answer.problem, values })
    const { id, number, secret } = answer.data
    return { filed: { id, number, secret } }
  },
}
