import { defineLoop } from '#src/platform/jobs/index.ts'
import { reconcileRounds } from './reconcile.ts'

/** In every process: rounds that closed, or were asked for again, are worked out. */
const reconcile = defineLoop({
  name: 'distribution.reconcile_rounds',
  everySeconds: 5,
  work: async ({ db }) => void (await reconcileRounds(db)),
})

export const reconciliationJobs = [reconcile]
