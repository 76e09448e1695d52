import { defineJob } from '#src/platform/jobs/index.ts'
import { forgetOldAccounts } from './take.ts'

/** Every night: numbers of accounts that were only tried are forgotten. */
const forget = defineJob({
  name: 'distribution.forget_accounts',
  schedule: '45 18 * * *',
  work: async ({ db }) => void (await forgetOldAccounts(db)),
})

export const accountImportJobs = [forget]
