import { read } from '#lib/api.ts'
import type { WithoutAccount } from '#src/distribution/payments/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

/** Whom the bank cannot pay; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const after = url.searchParams.get('after')
  const [round, without] = await Promise.all([
    read<Round>(fetch, path, url),
    read<WithoutAccount>(
      fetch,
      `${path}/payments/without-account${after ? `?after=${encodeURIComponent(after)}` : ''}`,
      url,
    ),
  ])
  return { round, without, after }
}
