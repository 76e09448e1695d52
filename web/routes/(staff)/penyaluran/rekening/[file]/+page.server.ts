import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Actions } from './$types'

const act =
  (verb: 'take' | 'drop'): Actions[string] =>
  async ({ fetch, params }) => {
    const path = `/api/distribution/account-imports/${encodeURIComponent(params.file)}/${verb}`
    const answer = await send(fetch, 'POST', path, {})
    return answer.ok ? { done: verb } : fail(answer.status, { problem: answer.problem })
  }

export const actions: Actions = { take: act('take'), drop: act('drop') }
