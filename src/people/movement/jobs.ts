import { defineJob, defineLoop } from '#src/platform/jobs/index.ts'
import { foldCounts } from './counts.ts'
import { publishRegister } from './publish.ts'

/** In every process: changes are folded soon, so that a page has few of them to add. */
const fold = defineLoop({
  name: 'movement.fold_counts',
  everySeconds: 15,
  work: async ({ db, log }) => {
    const folded = await foldCounts(db)
    if (folded > 10_000) log.info({ folded }, 'changes folded into the counts of the register')
  },
})

/** Every night at 02.00 in the capital: the month's edition of the public figures, if it is not there yet. */
const publish = defineJob({
  name: 'movement.publish',
  schedule: '0 19 * * *',
  timeoutMinutes: 120,
  work: async ({ db, log }) => {
    if (await publishRegister(db)) log.info({}, 'figures of the register published')
  },
})

export const movementJobs = [fold, publish]
