import { defineJob } from '#src/platform/jobs/index.ts'
import { pruneEvents } from './log.ts'

/** Every hour: live pages resume from the last days only. */
const prune = defineJob({
  name: 'events.prune',
  schedule: '40 * * * *',
  work: async ({ db, log }) => {
    const pruned = await db.asSystem('prune events', (tx) => pruneEvents(tx, db.clock()))
    log.info({ pruned }, 'old events removed')
  },
})

export const eventJobs = [prune]
