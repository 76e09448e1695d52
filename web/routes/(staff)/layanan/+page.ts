import { read } from '#lib/api.ts'
import type { CasePage, Results, Service } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

const filters = [
  'view',
  'status',
  'programme',
  'state',
  'outcome',
  'region',
  'q',
  'figure',
  'from',
  'to',
  'sort',
  'after',
] as const
type Asked = Partial<Record<(typeof filters)[number], string>>

/** The list with the filters of the address, or what became of the cases of a region. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const asked: Asked = {}
  for (const key of filters) {
    const value = url.searchParams.get(key)
    if (value) asked[key] = value
  }
  const services = (await read<{ items: Service[] }>(fetch, '/api/services/programmes', url)).items.map(
    ({ code, name }) => ({ code, name }),
  )
  const mayCount = me.acting?.role !== 'pillar'
  if (url.searchParams.get('tab') === 'hasil' && mayCount) {
    const { region, programme, from, to } = asked
    const query = new URLSearchParams(
      Object.entries({ region, programme, from, to }).filter((one): one is [string, string] => one[1] !== undefined),
    )
    return {
      asked,
      services,
      list: null,
      results: await read<Results>(fetch, `/api/services/results?${query}`, url),
      mayCount,
    }
  }
  const list = await read<CasePage>(fetch, `/api/services/cases?${new URLSearchParams(asked)}`, url)
  return { asked, services, list, results: null, mayCount }
}
