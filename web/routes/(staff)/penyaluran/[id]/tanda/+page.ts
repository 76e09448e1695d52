import { ask, read } from '#lib/api.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { SignRows, Signs } from '#src/distribution/signs/schema.ts'
import type { PageLoad } from './$types'

/** Signs of fraud; the one that is chosen with the handovers behind it. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const state = url.searchParams.get('state')
  const kind = url.searchParams.get('kind')
  const key = url.searchParams.get('key')
  const [round, signs] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Signs>(fetch, `${path}/signs${state ? `?state=${encodeURIComponent(state)}` : ''}`, url),
  ])
  const rows =
    kind && key ? await ask<SignRows>(fetch, `${path}/signs/rows?${new URLSearchParams({ kind, key })}`) : undefined
  return { round, signs, state, chosen: rows?.ok ? { kind, key, rows: rows.data } : null }
}
