import { read } from '#lib/api.ts'
import type { AskableFamilies } from '#src/distribution/asking/schema.ts'
import type { PageLoad } from './$types'

/** Who could be asked, with a contact or without; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const query = new URLSearchParams()
  for (const key of ['reachable', 'region', 'after']) {
    const value = url.searchParams.get(key)
    if (value) query.set(key, value)
  }
  const { after, ...asked } = Object.fromEntries(query)
  const path = `/api/rounds/${encodeURIComponent(params.id)}/askings/askable/families?${query}`
  return { list: await read<AskableFamilies>(fetch, path, url), asked: asked as Record<string, string>, after }
}
