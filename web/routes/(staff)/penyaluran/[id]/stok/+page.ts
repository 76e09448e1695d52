import { read } from '#lib/api.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { Stock } from '#src/distribution/stock/schema.ts'
import type { StopList } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => {
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const [round, stock, stops] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Stock>(fetch, `${path}/stock`, url),
    read<StopList>(fetch, `${path}/stops`, url),
  ])
  return { round, stock, stops: stops.items.filter((one) => !one.cancelled) }
}
