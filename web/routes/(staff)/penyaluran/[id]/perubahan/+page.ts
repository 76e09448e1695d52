import { read } from '#lib/api.ts'
import type { Round } from '#src/distribution/rounds/schema.ts'
import type { ChangedFamilies, Withdrawals } from '#src/distribution/withdrawals/schema.ts'
import type { PageLoad } from './$types'

/** Families that changed since the list was approved, and entitlements taken back; names are personal. */
export const load: PageLoad = async ({ fetch, url, params, setHeaders }) => {
  setHeaders({ 'cache-control': 'no-store' })
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const changes = new URLSearchParams()
  for (const [key, to] of [
    ['jawaban', 'state'],
    ['perubahan', 'kind'],
    ['sesudah', 'after'],
  ] as const) {
    const value = url.searchParams.get(key)
    if (value) changes.set(to, value)
  }
  const withdrawals = new URLSearchParams({ round: params.id })
  const state = url.searchParams.get('keadaan')
  const after = url.searchParams.get('lanjut')
  if (state) withdrawals.set('state', state)
  if (after) withdrawals.set('after', after)
  const [round, changed, taken] = await Promise.all([
    read<Round>(fetch, path, url),
    read<ChangedFamilies>(fetch, `${path}/changes?${changes}`, url),
    read<Withdrawals>(fetch, `/api/withdrawals?${withdrawals}`, url),
  ])
  return { round, changed, taken, asked: Object.fromEntries(url.searchParams) }
}
