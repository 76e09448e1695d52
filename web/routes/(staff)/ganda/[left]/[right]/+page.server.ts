import { error, fail, redirect } from '@sveltejs/kit'
import { type MergeField, mergeFields, type Pair } from '#src/people/linkage/schema.ts'
import { ask, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

const pathOf = ({ left, right }: { left: string; right: string }) =>
  `/api/register/pairs/${encodeURIComponent(left)}/${encodeURIComponent(right)}`

export const load: PageServerLoad = async ({ fetch, params, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const answer = await ask<Pair>(fetch, pathOf(params))
  if (answer.ok) return { pair: answer.data }
  if (answer.problem.code === 'open_first') return { pair: null }
  if (answer.status === 401) redirect(303, `/masuk?kembali=${encodeURIComponent(url.pathname)}`)
  error(answer.status, { message: answer.problem.title, code: answer.problem.code })
}

const reasonOf = (form: FormData) => String(form.get('reason') ?? '')

export const actions: Actions = {
  open: async ({ request, fetch, params }) => {
    const reason = reasonOf(await request.formData())
    const answer = await send(fetch, 'POST', `${pathOf(params)}/open`, { reason })
    return answer.ok ? { act: 'open' } : fail(answer.status, { act: 'open', problem: answer.problem, reason })
  },
  merge: async ({ request, fetch, params }) => {
    const form = await request.formData()
    const reason = reasonOf(form)
    const choose: Partial<Record<MergeField, string>> = {}
    for (const field of mergeFields) {
      const value = form.get(`choose.${field}`)
      if (typeof value === 'string') choose[field] = value
    }
    const answer = await send(fetch, 'POST', `${pathOf(params)}/merge`, {
      keep: String(form.get('keep') ?? ''),
      choose,
      reason,
    })
    return answer.ok ? { act: 'merge' } : fail(answer.status, { act: 'merge', problem: answer.problem, reason })
  },
  different: async ({ request, fetch, params }) => {
    const reason = reasonOf(await request.formData())
    const answer = await send(fetch, 'POST', `${pathOf(params)}/different`, { reason })
    return answer.ok ? { act: 'different' } : fail(answer.status, { act: 'different', problem: answer.problem, reason })
  },
  undo: async ({ request, fetch }) => {
    const form = await request.formData()
    const reason = reasonOf(form)
    const answer = await send(
      fetch,
      'POST',
      `/api/register/merges/${encodeURIComponent(String(form.get('merge') ?? ''))}/undo`,
      { reason },
    )
    return answer.ok ? { act: 'undo' } : fail(answer.status, { act: 'undo', problem: answer.problem, reason })
  },
}
