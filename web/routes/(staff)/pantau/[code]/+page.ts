import { read } from '#lib/api.ts'
import { measureOf } from '#lib/statistics/say.ts'
import type { Statistics } from '#src/complaints/statistics/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const asked = new URLSearchParams()
  const month = (name: string) => /^20\d\d-(0[1-9]|1[0-2])$/.exec(url.searchParams.get(name) ?? '')?.[0]
  const from = month('dari')
  const to = month('sampai')
  // Typed backwards: read as it was meant.
  const [first, last] = from && to && from > to ? [to, from] : [from, to]
  if (first) asked.set('from', first)
  if (last) asked.set('to', last)
  const statistics = await read<Statistics>(
    fetch,
    `/api/statistics/${encodeURIComponent(params.code)}${asked.size > 0 ? `?${asked}` : ''}`,
    url,
  )
  return { statistics, measure: measureOf(url.searchParams.get('menurut')) }
}
