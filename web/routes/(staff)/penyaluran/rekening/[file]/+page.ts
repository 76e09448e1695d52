import { read } from '#lib/api.ts'
import type { AccountImportView } from '#src/distribution/payments/imports/schema.ts'
import type { PageLoad } from './$types'

/** One file of accounts: what it would do or did, and what is wrong with it. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const query = new URLSearchParams()
  for (const key of ['outcome', 'after', 'faultsAfter']) {
    const value = url.searchParams.get(key)
    if (value) query.set(key, value)
  }
  const path = `/api/distribution/account-imports/${encodeURIComponent(params.file)}`
  return { file: await read<AccountImportView>(fetch, `${path}?${query}`, url), asked: Object.fromEntries(query) }
}
