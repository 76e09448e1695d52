import { sql } from 'kysely'
import { defineJob, defineLoop } from '#src/platform/jobs/index.ts'
import { foldTally, publishStatistics } from './publish.ts'

/** In every process: changes are folded soon, so that a page has few of them to add. */
const fold = defineLoop({
  name: 'complaints.fold_tally',
  everySeconds: 15,
  work: async ({ db, log }) => {
    const folded = await foldTally(db)
    if (folded > 10_000) log.info({ folded }, 'changes folded into the tally of complaints')
  },
})

/** Every night at 01.30 in the capital: the public figures of the years that changed. */
const publish = defineJob({
  name: 'complaints.publish_statistics',
  schedule: '30 18 * * *',
  timeoutMinutes: 120,
  work: async ({ db, log }) => {
    const years = await publishStatistics(db)
    log.info({ years }, 'public figures published')
  },
})

/** Until something has been published there is nothing to see: a new installation does not wait for the night. */
const firstEdition = defineLoop({
  name: 'complaints.first_edition',
  everySeconds: 3600,
  work: async ({ db }) => {
    const missing = await db.asSystem('statistics: is anything published', async (tx) => {
      const { rows } = await sql<{ missing: boolean }>`
        select not exists (select from public_statistics_year) as missing`.execute(tx)
      return rows[0]?.missing === true
    })
    if (missing) await publishStatistics(db)
  },
})

export const statisticsJobs = [fold, publish, firstEdition]
