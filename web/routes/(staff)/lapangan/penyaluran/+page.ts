import { read } from '#lib/api.ts'
import { type Kept, type KeptList, keptLists, keptRecords } from '#lib/offline/kept.ts'
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
    const [lists, records] = await Promise.all([keptLists(me.account.id), keptRecords(me.account.id)])
    return { stops: lists.map((list) => asKept(list, records)), takenAlong: true }
  }
}

/** The stop as the telephone knows it: with what was handed over since its list was taken. */
function asKept({ stopId, work }: KeptList, records: readonly Kept[]): StopTask {
  const received = new Set(work.people.filter((one) => one.state === 'delivered').map((one) => one.familyId))
  for (const one of records)
    if (one.stopId === stopId && one.familyId && one.body.outcome === 'received') received.add(one.familyId)
  return { ...work.stop, delivered: Math.max(work.stop.delivered, received.size) }
}
