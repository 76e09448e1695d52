import { sql } from 'kysely'
import { defineJob } from '#src/platform/jobs/index.ts'

/** Counts whose window is over say nothing to anybody. */
const forgetCounts = defineJob({
  name: 'distribution.forgetCounts',
  schedule: '17 * * * *',
  work: async ({ db }) => {
    await db.asSystem('cek bansos: forget counts', (tx) =>
      sql`delete from check_count where ends_at < acting_now() - interval '1 hour'`.execute(tx),
    )
  },
})

export const checkJobs = [forgetCounts]
