import { ask, read } from '#lib/api.ts'
import type { Round, RoundProgress } from '#src/distribution/rounds/schema.ts'
import type { RoundWaiting } from '#src/distribution/withdrawals/schema.ts'
import type { RegionMap } from '#src/regions/schema.ts'
import type { PageLoad } from './$types'

export const load: PageLoad = async ({ fetch, url, params }) => {
  const path = `/api/rounds/${encodeURIComponent(params.id)}`
  const region = url.searchParams.get('wilayah') ?? ''
  const within = /^[0-9.]{2,13}$/.test(region) ? `?region=${region}` : ''
  const [round, progress] = await Promise.all([
    read<Round>(fetch, path, url),
    read<RoundProgress>(fetch, `${path}/progress${within}`, url),
  ])
  const waiting = await ask<RoundWaiting>(fetch, `${path}/waiting`)
  const map = await ask<RegionMap>(fetch, `/api/regions/${progress.region.code}/map`)
  return {
    round,
    progress,
    path,
    within,
    map: map.ok ? map.data : null,
    waiting: waiting.ok ? waiting.data : null,
  }
}
