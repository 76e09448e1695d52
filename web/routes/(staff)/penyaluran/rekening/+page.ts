import { read } from '#lib/api.ts'
import type { AccountImports } from '#src/distribution/payments/imports/schema.ts'
import type { PageLoad } from './$types'

/** Files of accounts of one's region. */
export const load: PageLoad = async ({ fetch, url, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  return { files: await read<AccountImports>(fetch, '/api/distribution/account-imports', url) }
}
