import { read } from '#lib/api.ts'
import { keptList } from '#lib/offline/kept.ts'
import { isNoLine, patient } from '#lib/offline/line.ts'
import type { StopWork } from '#src/distribution/handover/schema.ts'
import type { TrustedKey } from '#src/distribution/vouchers/token.ts'
import type { PageLoad } from './$types'

/** The list of a stop and the keys vouchers are verified by; without a line, as they were taken along the last time. */
export const load: PageLoad = async ({ fetch, url, params, parent }) => {
  try {
    const [work, { keys }] = await Promise.all([
      read<StopWork>(patient(fetch, 8000), `/api/handovers/${encodeURIComponent(params.stop)}`, url),
      read<{ keys: TrustedKey[] }>(patient(fetch, 8000), '/api/vouchers/keys', url),
    ])
    return { work, keys, takenAlong: null }
  } catch (problem) {
    if (typeof indexedDB === 'undefined' || !isNoLine(problem)) throw problem
    const { me } = await parent()
    const kept = await keptList(params.stop, me.account.id)
    if (!kept) throw problem
    return { work: kept.work, keys: kept.keys, takenAlong: kept.keptAt }
  }
}
