import { read } from '#lib/api.ts'
import { keptList } from '#lib/distribution/kept.ts'
import type { StopWork } from '#src/distribution/handover/schema.ts'
import type { TrustedKey } from '#src/distribution/vouchers/token.ts'
import type { PageLoad } from './$types'

/** The list of a stop and the keys vouchers are verified by; without a line, as they were taken along the last time. */
export const load: PageLoad = async ({ fetch, url, params, parent }) => {
  try {
    const [work, { keys }] = await Promise.all([
      read<StopWork>(fetch, `/api/handovers/${encodeURIComponent(params.stop)}`, url),
      read<{ keys: TrustedKey[] }>(fetch, '/api/vouchers/keys', url),
    ])
    return { work, keys, takenAlong: null }
  } catch (problem) {
    // What is thrown by `read` is an answer of the office; only a broken line is a TypeError.
    if (typeof indexedDB === 'undefined' || !(problem instanceof TypeError)) throw problem
    const { me } = await parent()
    const kept = await keptList(params.stop, me.account.id)
    if (!kept) throw problem
    return { work: kept.work, keys: kept.keys, takenAlong: kept.keptAt }
  }
}
