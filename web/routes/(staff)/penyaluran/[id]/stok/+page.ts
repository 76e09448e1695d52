import { read } from '#lib/api.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import { type Movements, type Stock, type StockColumn, stockColumns } from '#src/distribution/stock/schema.ts'
import type { StopList } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => {
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const column = stockColumns.find((one) => one === url.searchParams.get('angka'))
  const item = url.searchParams.get('barang')?.slice(0, 40)
  const place = /^[0-9a-f-]{36}$/.exec(url.searchParams.get('tempat') ?? '')?.[0]
  const after = /^[0-9a-f-]{36}$/.exec(url.searchParams.get('sesudah') ?? '')?.[0]
  const asked = new URLSearchParams({ ...(item && { item }), ...(column && { column }), ...(place && { place }) })
  if (after) asked.set('after', after)
  const [round, stock, stops, behind] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Stock>(fetch, `${path}/stock`, url),
    read<StopList>(fetch, `${path}/stops`, url),
    item && column ? read<Movements>(fetch, `${path}/stock/movements?${asked}`, url) : null,
  ])
  return {
    round,
    stock,
    stops: stops.items.filter((one) => !one.cancelled),
    /** a number of the table that was opened */
    opened: behind && {
      ...behind,
      item: item ?? '',
      column: column as StockColumn,
      place: place ?? null,
      later: after !== undefined,
    },
  }
}
