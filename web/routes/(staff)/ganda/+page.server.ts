import { fail } from '@sveltejs/kit'
import type { Pairs } from '#src/people/linkage/schema.ts'
import { read, send } from '#lib/api.ts'
import type { Actions, PageServerLoad } from './$types'

const filters = ['region', 'state', 'show', 'page']

export const load: PageServerLoad = async ({ fetch, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const query = new URLSearchParams()
  for (const name of filters) {
    const value = url.searchParams.get(name)
    if (value) query.set(name, value)
  }
  return { pairs: await read<Pairs>(fetch, `/api/register/pairs?${query}`, url), filter: query.toString() }
}

export const actions: Actions = {
  refer: async ({ request, fetch }) => {
    const form = await request.formData()
    const answer = await send(fetch, 'POST', '/api/register/pairs/refer', { key: String(form.get('key') ?? '') })
    return answer.ok ? { done: true } : fail(answer.status, { problem: answer.problem })
  },
  scan: async ({ fetch }) => {
    const answer = await send(fetch, 'POST', '/api/register/scans')
    return answer.ok ? { done: true } : fail(answer.status, { problem: answer.problem })
  },
}
