import { fail } from '@sveltejs/kit'
import { read, send } from '#lib/api.ts'
import type { AgreementBody, AgreementCalls, AgreementCreated } from '#src/people/exchange/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, params, url }) => {
  const [agreement, calls] = await Promise.all([
    read<AgreementBody>(fetch, `/api/agreements/${params.id}`, url),
    read<AgreementCalls>(fetch, `/api/agreements/${params.id}/calls`, url),
  ])
  return { agreement, calls: calls.items }
}

export const actions: Actions = {
  revoke: async ({ request, fetch, params }) => {
    const reason = String((await request.formData()).get('reason') ?? '').trim()
    const answer = await send<AgreementBody>(fetch, 'POST', `/api/agreements/${params.id}/revoke`, { reason })
    return answer.ok ? undefined : fail(answer.status, { problem: answer.problem, reason })
  },
  renew: async ({ fetch, params }) => {
    const answer = await send<AgreementCreated>(fetch, 'POST', `/api/agreements/${params.id}/tokens`)
    return answer.ok ? { made: answer.data } : fail(answer.status, { problem: answer.problem, reason: '' })
  },
}
