import { read } from '#lib/api.ts'
import type { HandoverPapers } from '#src/distribution/papers/schema.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

/** Handover minutes of the villages of a round. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const after = url.searchParams.get('after')
  const [round, papers] = await Promise.all([
    read<Round>(fetch, path, url),
    read<HandoverPapers>(fetch, `${path}/minutes${after ? `?after=${encodeURIComponent(after)}` : ''}`, url),
  ])
  return { round, papers, after }
}
