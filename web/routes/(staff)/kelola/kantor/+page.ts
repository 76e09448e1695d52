import { read } from '#lib/api.ts'
import type { Office, Region } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const home = me.acting?.regionCode ?? '00'
  const region = encodeURIComponent(url.searchParams.get('wilayah') || home)
  const [place, offices] = await Promise.all([
    read<Region>(fetch, `/api/regions/${region}`, url),
    read<{ items: Office[] }>(fetch, `/api/regions/${region}/offices`, url),
  ])
  return { place, home, offices: offices.items }
}
