import { defineLoop } from '#src/platform/jobs/index.ts'
import { lookForSigns } from './looking.ts'

/** In every process: rounds that closed, that somebody asked for, and every hour those that are open. */
const look = defineLoop({
  name: 'distribution.look_for_signs',
  everySeconds: 10,
  work: async ({ db }) => void (await lookForSigns(db)),
})

export const signJobs = [look]
