import { defineJob } from '#src/platform/jobs/index.ts'
import { fillHolidays } from './holidays.ts'

/** Every night: in January the holidays of the year after are not there yet, however long this process runs. */
const holidays = defineJob({
  name: 'regions.holidays',
  schedule: '20 17 * * *',
  work: async ({ db, log }) => {
    const added = await fillHolidays(db)
    if (added > 0) log.info({ added }, 'holidays of a new year filled in, to be checked against the decree')
  },
})

export const regionJobs = [holidays]
