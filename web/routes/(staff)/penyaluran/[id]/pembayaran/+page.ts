import { read } from '#lib/api.ts'
import type { Payments } from '#src/distribution/payments/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const [round, payments] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Payments>(fetch, `${path}/payments`, url),
  ])
  return { round, payments }
}
