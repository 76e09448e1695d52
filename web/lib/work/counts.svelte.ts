import type { QueueCounts } from '#src/complaints/schema.ts'
import { ask as request } from '#lib/api.ts'
import type { Me } from '#src/access/schema.ts'
import { soon } from './soon.ts'

/** What waits in the queues, newer than what the page was loaded with; null until something has changed. */
let newer = $state.raw<QueueCounts | null>(null)

async function ask(): Promise<void> {
  const answer = await request<QueueCounts>(fetch, '/api/complaints/counts').catch(() => null)
  if (answer?.ok) newer = answer.data
}
/** Asks again, once for many changes in a short time. In the browser, for officers and supervisors. */
export const refreshCounts = soon(ask, 400)

const order: readonly (keyof QueueCounts)[] = [
  'overdue',
  'to_decide',
  'mine',
  'incoming',
  'unassigned',
  'to_verify',
  'office',
]

/** The queues of the side bar, in the order of what needs somebody first. */
export const queuesOf = (loaded: QueueCounts | null): Me['queues'] => {
  const counts = newer ?? loaded
  return counts ? order.map((key) => ({ key, count: counts[key] })) : []
}
