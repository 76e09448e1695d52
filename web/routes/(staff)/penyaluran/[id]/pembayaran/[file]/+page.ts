import { read } from '#lib/api.ts'
import type { PaymentFileView } from '#src/distribution/payments/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const query = new URLSearchParams()
  for (const key of ['status', 'result', 'changed', 'after']) {
    const value = url.searchParams.get(key)
    if (value) query.set(key, value)
  }
  const [round, file] = await Promise.all([
    read<Round>(fetch, path, url),
    read<PaymentFileView>(fetch, `${path}/payments/${encodeURIComponent(params.file)}?${query}`, url),
  ])
  const { after, ...asked } = Object.fromEntries(query)
  return { round, file, asked, after }
}
