import { fail } from '@sveltejs/kit'
import { read, send } from '#lib/api.ts'
import type { MessageOverview } from '#src/platform/messages/schema.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ fetch, url }) => {
  const days = Number(url.searchParams.get('days'))
  const query = Number.isInteger(days) && days >= 1 && days <= 90 ? `?days=${days}` : ''
  return read<MessageOverview>(fetch, `/api/messages/overview${query}`, url)
}

export const actions: Actions = {
  resume: async ({ request, fetch }) => {
    const channel = encodeURIComponent(String((await request.formData()).get('channel') ?? ''))
    const answer = await send<null>(fetch, 'POST', `/api/messages/channels/${channel}/resume`)
    return answer.ok ? { resumed: true } : fail(answer.status, { problem: answer.problem })
  },
}
