import { fail } from '@sveltejs/kit'
import { send } from '#lib/api.ts'
import type { Explained } from '#src/distribution/reconciliation/schema.ts'
import type { Actions } from './$types'

const pathOf = (id: string) => `/api/rounds/${encodeURIComponent(id)}`

export const actions: Actions = {
  run: async ({ fetch, params }) => {
    const answer = await send(fetch, 'POST', `${pathOf(params.id)}/reconciliation`, {})
    return answer.ok ? { told: 'run' as const } : fail(answer.status, { problem: answer.problem })
  },
  settle: async ({ request, fetch, params }) => {
    const early = (await request.formData()).get('early') === 'ya'
    const answer = await send(fetch, 'POST', `${pathOf(params.id)}/reconciliation/settle`, { ...(early && { early }) })
    return answer.ok ? { told: 'settled' as const } : fail(answer.status, { problem: answer.problem })
  },
  explain: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const text = (name: string) => String(form.get(name) ?? '').trim()
    const values = { kind: text('kind'), key: text('key'), reason: text('reason'), note: text('note') }
    const answer = await send<Explained>(fetch, 'POST', `${pathOf(params.id)}/differences/explain`, {
      kind: values.kind,
      note: values.note,
      ...(values.key && { keys: [values.key] }),
      ...(values.reason && { reason: values.reason }),
    })
    return answer.ok
      ? { told: 'explained' as const, explained: answer.data.explained }
      : fail(answer.status, { problem: answer.problem, values })
  },
}
