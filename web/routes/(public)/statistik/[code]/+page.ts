import { read } from '#lib/api.ts'
import type { PublicStatistics } from '#src/complaints/statistics/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, params, url }) => {
  const year = /^20\d\d$/.exec(url.searchParams.get('tahun') ?? '')?.[0]
  const path = `/api/public-statistics/${encodeURIComponent(params.code)}${year ? `?year=${year}` : ''}`
  return { statistics: await read<PublicStatistics>(fetch, path) }
}
