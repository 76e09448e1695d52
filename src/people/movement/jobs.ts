import { defineJob, defineLoop } from '#src/platform/jobs/index.ts'
import { foldCounts } from './counts.ts'
import { prepareCampaigns, remindOfCampaigns } from './preparing.ts'
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

/** In every process: campaigns that were started get their visits, a district at a time. */
const prepare = defineLoop({
  name: 'movement.prepare_campaigns',
  everySeconds: 2,
  work: async ({ db }) => void (await prepareCampaigns(db)),
})

/** Every morning at 07.00 in the capital: the due date of a campaign is near. */
const remind = defineJob({
  name: 'movement.remind',
  schedule: '0 0 * * *',
  work: async ({ db }) => void (await remindOfCampaigns(db)),
})

export const movementJobs = [fold, publish, prepare, remind]
