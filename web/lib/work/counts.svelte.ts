import type { QueueCounts } from '#src/complaints/schema.ts'
import { ask } from '#lib/api.ts'
import type { Me } from '#src/access/schema.ts'

/** What waits in the queues, newer than what the page was loaded with; null until something has changed. */
let newer = $state.raw<QueueCounts | null>(null)
let asking: ReturnType<typeof setTimeout> | undefined

/** Asks again, once for many changes in a short time. In the browser only. */
export function refreshCounts(): void {
  asking ??= setTimeout(async () => {
    asking = undefined
    const answer = await ask<QueueCounts>(fetch, '/api/complaints/counts').catch(() => null)
    if (answer?.ok) newer = answer.data
  }, 400)
}

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
