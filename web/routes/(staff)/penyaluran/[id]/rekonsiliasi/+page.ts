import { ask, read } from '#lib/api.ts'
import type {
  DifferenceKind,
  Differences,
  Reconciliation,
  VillageSums,
} from '#src/distribution/reconciliation/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

/** How a round adds up, and what does not agree; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const kind = url.searchParams.get('kind') as DifferenceKind | null
  const after = url.searchParams.get('after')
  const village = url.searchParams.get('village')
  const asked: Record<string, string> = {}
  for (const key of ['kind', 'state', 'region']) {
    const value = url.searchParams.get(key)
    if (value) asked[key] = value
  }
  const query = new URLSearchParams({ ...asked, ...(after && { after }) })
  const [round, reconciliation, villages, differences] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Reconciliation>(fetch, `${path}/reconciliation`, url),
    read<VillageSums>(
      fetch,
      `${path}/reconciliation/villages${village ? `?after=${encodeURIComponent(village)}` : ''}`,
      url,
    ),
    // The auditor sees sums and not names.
    ask<Differences>(fetch, `${path}/differences?${query}`),
  ])
  return {
    round,
    asked,
    reconciliation,
    villages,
    differences: differences.ok ? differences.data : { items: [], next: null },
    kind,
    after,
  }
}
