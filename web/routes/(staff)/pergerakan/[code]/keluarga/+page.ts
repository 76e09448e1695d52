import { error } from '@sveltejs/kit'
import { read } from '#lib/api.ts'
import type { MovedFamilies } from '#src/people/movement/schema.ts'
import type { Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const month = /^20\d\d-(0[1-9]|1[0-2])$/.exec(url.searchParams.get('bulan') ?? '')?.[0]
  if (!month) error(404)
  const direction = url.searchParams.get('arah') === 'keluar' ? 'out' : 'in'
  const after = /^[A-Za-z0-9_-]{1,200}$/.exec(url.searchParams.get('sesudah') ?? '')?.[0] ?? ''
  const code = encodeURIComponent(params.code)
  const [list, region] = await Promise.all([
    read<MovedFamilies>(
      fetch,
      `/api/register/movement/${code}/families?month=${month}&direction=${direction}${after ? `&after=${after}` : ''}`,
      url,
    ),
    read<Region>(fetch, `/api/regions/${code}`, url),
  ])
  return { list, region, month, direction, later: after !== '' }
}
