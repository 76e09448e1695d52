import { read } from '#lib/api.ts'
import type { MessagePage } from '#src/platform/messages/schema.ts'
import type { PageLoad } from './$types'

const filters = ['days', 'channel', 'state', 'fault'] as const

/** The messages behind a figure: its filter is the address. */
export const load: PageLoad = async ({ fetch, url }) => {
  const filter = new URLSearchParams()
  for (const name of filters) {
    const value = url.searchParams.get(name)
    if (value) filter.set(name, value)
  }
  const query = new URLSearchParams(filter)
  const after = url.searchParams.get('after')
  if (after) query.set('after', after)
  const list = await read<MessagePage>(fetch, `/api/messages?${query}`, url)
  return { list, filter: Object.fromEntries(filter) as Partial<Record<(typeof filters)[number], string>>, after }
}
