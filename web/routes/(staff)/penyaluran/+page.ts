import { read } from '#lib/api.ts'
import type { RoundList } from '#src/distribution/rounds/schema.ts'
import type { WithdrawalsWaiting } from '#src/distribution/withdrawals/schema.ts'
import type { PageLoad } from './$types'

const allowed = ['state', 'programme', 'name', 'sort', 'after'] as const

export const load: PageLoad = async ({ fetch, url, parent }) => {
  const { me } = await parent()
  const asked = new URLSearchParams()
  for (const key of allowed) {
    const value = url.searchParams.get(key)?.trim()
    if (value) asked.set(key, value)
  }
  const desk = me.acting?.role === 'officer' || me.acting?.role === 'supervisor'
  const [list, waiting] = await Promise.all([
    read<RoundList>(fetch, `/api/rounds?${asked}`, url),
    desk ? read<WithdrawalsWaiting>(fetch, '/api/withdrawals/waiting', url) : null,
  ])
  return { list, desk, withdrawals: waiting?.count ?? 0, asked: Object.fromEntries(asked) }
}
