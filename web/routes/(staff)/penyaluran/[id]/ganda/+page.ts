import { read } from '#lib/api.ts'
import type { Conflict } from '#src/distribution/handover/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

/** Two redemptions of one voucher; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const [round, conflicts] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Conflict[]>(fetch, `${path}/conflicts`, url),
  ])
  return { round, conflicts }
}
