import { defineJob } from '#src/platform/jobs/index.ts'
import { remindAskings } from './reminding.ts'

/** Every hour: who has not answered for some days is reminded, once. */
const remind = defineJob({
  name: 'distribution.remind_askings',
  schedule: '25 * * * *',
  work: async ({ db, secret, baseUrl }) => {
    if (secret && baseUrl !== undefined) await remindAskings(db, { secret, baseUrl })
  },
})

export const askingJobs = [remind]
