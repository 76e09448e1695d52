import { fail } from '@sveltejs/kit'
import { read, send } from '#lib/api.ts'
import type { DataRequest } from '#src/people/rights/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, params, url }) => ({
  request: await read<DataRequest>(fetch, `/api/rights/requests/${params.id}`, url),
})

export const actions: Actions = {
  verify: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const how = String(form.get('how') ?? '')
    const person = String(form.get('personId') ?? '')
    const body = { how, personId: person === 'none' ? null : person }
    const answer = await send<DataRequest>(fetch, 'POST', `/api/rights/requests/${params.id}/verify`, body)
    return answer.ok ? undefined : fail(answer.status, { problem: answer.problem, how, person, reason: '' })
  },
  refuse: async ({ request, fetch, params }) => {
    const reason = String((await request.formData()).get('reason') ?? '').trim()
    const answer = await send<DataRequest>(fetch, 'POST', `/api/rights/requests/${params.id}/refuse`, { reason })
    return answer.ok ? undefined : fail(answer.status, { problem: answer.problem, how: '', person: '', reason })
  },
}
