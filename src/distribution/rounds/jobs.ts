import { defineLoop } from '#src/platform/jobs/index.ts'
import './added.ts'
import { inviteRounds, openRounds, prepareRounds } from './preparing.ts'

/** In every process: rounds that were made get their families, a district at a time. */
const prepare = defineLoop({
  name: 'distribution.prepare_rounds',
  everySeconds: 2,
  work: async ({ db }) => void (await prepareRounds(db)),
})

/** In every process: vouchers are signed, a batch at a time. */
const invite = defineLoop({
  name: 'distribution.issue_vouchers',
  everySeconds: 2,
  work: async ({ db, secret, baseUrl }) => {
    if (secret && baseUrl !== undefined) await inviteRounds(db, { secret, baseUrl })
  },
})

/** In every process: the first day of an invited round has come. */
const open = defineLoop({
  name: 'distribution.open_rounds',
  everySeconds: 60,
  work: async ({ db }) => void (await openRounds(db)),
})

export const roundJobs = [prepare, invite, open]
