import { read } from '#lib/api.ts'
import type { Round, RoundEntitlements } from '#src/distribution/rounds/schema.ts'
import type { PageLoad } from './$types'

const allowed = [
  'region',
  'stop',
  'state',
  'reason',
  'way',
  'counted',
  'invited',
  'held',
  'name',
  'sort',
  'order',
  'after',
] as const

/** Families of a round; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const asked = new URLSearchParams()
  for (const key of allowed) {
    const value = url.searchParams.get(key)?.trim()
    if (value) asked.set(key, value)
  }
  const round = await read<Round>(fetch, path, url)
  return {
    round,
    list: await read<RoundEntitlements>(fetch, `${path}/entitlements?${asked}`, url),
    asked: Object.fromEntries(asked),
  }
}
