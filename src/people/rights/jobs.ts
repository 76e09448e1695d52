import { defineJob } from '#src/platform/jobs/index.ts'
import { markOverdue } from './requests.ts'
import { applyRetention, reportRetention } from './retention.ts'

/** Every ten minutes: requests whose hours have passed. */
const clocks = defineJob({
  name: 'rights.clocks',
  schedule: '*/10 * * * *',
  work: async ({ db, log }) => {
    const late = await db.asSystem('rights: hours that passed', (tx) => markOverdue(tx))
    if (late > 0) log.warn({ late }, 'requests of persons were not answered in time')
  },
})

/** Every night: a report of what retention would take, and what was reported long enough ago goes. */
const retention = defineJob({
  name: 'rights.retention',
  schedule: '40 17 * * *',
  work: async ({ db, log }) => {
    const applied = await db.asSystem('rights: retention applies what was reported', (tx) =>
      applyRetention(tx, db.clock()),
    )
    const reported = await db.asSystem('rights: retention reports', (tx) => reportRetention(tx, db.clock()))
    if (applied || reported) log.info({ applied, reported }, 'retention')
  },
})

export const rightsJobs = [clocks, retention]
