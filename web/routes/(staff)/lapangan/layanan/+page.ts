import { ask, read } from '#lib/api.ts'
import type { RegionMap } from '#src/regions/schema.ts'
import type { WorkDay } from '#src/programmes/services/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const [day, map] = await Promise.all([
    read<WorkDay>(fetch, '/api/services/day', url),
    // Without the map the list is still there.
    ask<RegionMap>(fetch, `/api/regions/${me.acting?.regionCode ?? '00'}/map`),
  ])
  return { day, map: map.ok ? map.data : null, sent: url.searchParams.get('terkirim') }
}
