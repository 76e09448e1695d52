import { read } from '#lib/api.ts'
import type { Askable, Askings, Questions } from '#src/distribution/asking/schema.ts'
import type { PageLoad } from './$types'

const filters = [
  'state',
  'disputed',
  'received',
  'cut',
  'door',
  'message',
  'reach',
  'reminded',
  'asking',
  'region',
  'after',
] as const

/** Who was asked afterwards and what they said; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const query = new URLSearchParams()
  for (const key of filters) {
    const value = url.searchParams.get(key)
    if (value) query.set(key, value)
  }
  const [askings, questions] = await Promise.all([
    read<Askings>(fetch, `${path}/askings`, url),
    read<Questions>(fetch, `${path}/questions?${query}`, url),
  ])
  const { after, ...asked } = Object.fromEntries(query)
  return {
    askings,
    questions,
    askable: askings.mayAsk ? await read<Askable>(fetch, `${path}/askings/askable`, url) : null,
    asked: asked as Record<string, string>,
    after,
    origin: url.origin,
  }
}
