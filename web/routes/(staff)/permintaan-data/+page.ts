import type { DataRequestItem } from '#src/people/rights/schema.ts'
import { read } from '#lib/api.ts'
import type { PageLoad } from './$types'

type Page = { items: DataRequestItem[]; next: string | null }

/** Open requests, the first due first; or all of them, the newest first. */
export const load: PageLoad = async ({ fetch, url }) => {
  const all = url.searchParams.get('view') === 'all'
  const query = new URLSearchParams(all ? { limit: '50' } : { state: 'received', limit: '200' })
  const after = url.searchParams.get('after')
  if (after) query.set('after', after)
  const { items, next } = await read<Page>(fetch, `/api/rights/requests?${query}`, url)
  return { all, after, next, items: all ? items : items.toSorted((a, b) => a.hoursLeft - b.hoursLeft) }
}
