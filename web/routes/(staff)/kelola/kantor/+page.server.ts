import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async ({ request, fetch }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const id = text('id')
    const [region = '', agency = ''] = id.split('/')
    const values = { name: text('name'), address: text('address'), phone: text('phone'), email: text('email') }
    const body = {
      name: values.name,
      address: values.address || null,
      phone: values.phone || null,
      email: values.email || null,
    }
    const path = `/api/regions/${encodeURIComponent(region)}/offices/${encodeURIComponent(agency)}`
    const answer = await send(fetch, 'PUT', path, body)
    return answer.ok ? { saved: id } : fail(answer.status, { id, values, problem: answer.problem })
  },
}
