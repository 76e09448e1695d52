import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

const base = (id: string) => `/api/register/campaigns/${encodeURIComponent(id)}`

export const actions: Actions = {
  mulai: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const pillars = form.getAll('pillars').map(String)
    const answer = await send(fetch, 'POST', `${base(params.id)}/start`, { pillars })
    return answer.ok ? { started: true } : fail(answer.status, { problem: answer.problem })
  },
  bagikan: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = { villageCode: text('villageCode'), rw: text('rw'), rt: text('rt'), accountId: text('accountId') }
    const answer = await send<{ count: number }>(fetch, 'POST', `${base(params.id)}/give`, {
      villageCode: values.villageCode,
      ...(values.rw && { rw: values.rw }),
      ...(values.rt && { rt: values.rt }),
      accountId: values.accountId || null,
    })
    return answer.ok ? { given: answer.data.count } : fail(answer.status, { problem: answer.problem, values })
  },
  tutup: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const note = String(form.get('note') ?? '').trim()
    const answer = await send(fetch, 'POST', `${base(params.id)}/close`, note ? { note } : {})
    return answer.ok ? { closed: true } : fail(answer.status, { problem: answer.problem, note })
  },
}
