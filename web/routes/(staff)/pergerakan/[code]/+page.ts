import { read } from '#lib/api.ts'
import type { Movement } from '#src/people/movement/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const month = /^20\d\d-(0[1-9]|1[0-2])$/.exec(url.searchParams.get('bulan') ?? '')?.[0]
  const path = `/api/register/movement/${encodeURIComponent(params.code)}${month ? `?month=${month}` : ''}`
  return { movement: await read<Movement>(fetch, path, url) }
}
