import { ask, read } from '#lib/api.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { SignRows, Signs } from '#src/distribution/signs/schema.ts'
import type { PageLoad } from './$types'

/** Signs of fraud; the one that is chosen with the handovers behind it. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const asked: Record<string, string> = {}
  for (const name of ['state', 'only', 'sort'] as const) {
    const value = url.searchParams.get(name)
    if (value) asked[name] = value
  }
  const kind = url.searchParams.get('kind')
  const key = url.searchParams.get('key')
  const page = url.searchParams.get('page')
  const { only, ...others } = asked
  // `kind` of the address is that of the sign that is open, `only` the kind that is listed.
  const query = new URLSearchParams({ ...others, ...(only && { kind: only }), ...(page && { page }) })
  const [round, signs] = await Promise.all([
    read<Round>(fetch, path, url),
    read<Signs>(fetch, `${path}/signs?${query}`, url),
  ])
  const rows =
    kind && key ? await ask<SignRows>(fetch, `${path}/signs/rows?${new URLSearchParams({ kind, key })}`) : undefined
  return { round, signs, asked, page, chosen: rows?.ok ? { kind, key, rows: rows.data } : null }
}
