import { fail } from '@sveltejs/kit'
import { read, send } from '#lib/api.ts'
import type { RetentionRun } from '#src/people/rights/schema.ts'
import type { Actions, PageServerLoad } from './$types'

type Retention = {
  rules: { key: RetentionRun['items'][number]['key']; validFrom: string; months: number | null; source: string }[]
  runs: RetentionRun[]
  canHold: boolean
}

export const load: PageServerLoad = async ({ fetch, url }) => read<Retention>(fetch, '/api/rights/retention', url)

export const actions: Actions = {
  hold: async ({ request, fetch }) => {
    const form = await request.formData()
    const id = encodeURIComponent(String(form.get('run') ?? ''))
    const reason = String(form.get('reason') ?? '').trim()
    const answer = await send<null>(fetch, 'POST', `/api/rights/retention/${id}/hold`, { reason })
    return answer.ok ? undefined : fail(answer.status, { problem: answer.problem, reason })
  },
}
