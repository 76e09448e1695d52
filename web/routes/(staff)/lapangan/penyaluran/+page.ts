import { read } from '#lib/api.ts'
import { keptLists } from '#lib/offline/kept.ts'
import { isNoLine, patient } from '#lib/offline/line.ts'
import type { StopTask } from '#src/distribution/handover/schema.ts'
import type { PageLoad } from './$types'

/** The stops one hands out at; without a line those whose list is on this telephone. */
export const load: PageLoad = async ({ fetch, url, parent }) => {
  try {
    return { stops: await read<StopTask[]>(patient(fetch, 8000), '/api/handovers', url), takenAlong: false }
  } catch (problem) {
    if (typeof indexedDB === 'undefined' || !isNoLine(problem)) throw problem
    const { me } = await parent()
    const lists = await keptLists(me.account.id)
    return { stops: lists.map((one) => one.work.stop), takenAlong: true }
  }
}
