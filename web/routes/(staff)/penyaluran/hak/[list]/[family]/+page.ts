import { read } from '#lib/api.ts'
import type { EntitlementView, WithdrawalReason } from '#src/distribution/withdrawals/schema.ts'
import type { PageLoad } from './$types'

/** One entitlement; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const [view, reasons] = await Promise.all([
    read<EntitlementView>(
      fetch,
      `/api/entitlements/${encodeURIComponent(params.list)}/${encodeURIComponent(params.family)}`,
      url,
    ),
    read<WithdrawalReason[]>(fetch, '/api/withdrawals/reasons', url),
  ])
  return { view, reasons }
}
