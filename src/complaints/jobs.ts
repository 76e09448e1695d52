import { sql } from 'kysely'
import { registerRetention } from '#src/people/index.ts'
import { defineJob } from '#src/platform/jobs/index.ts'
import { identitiesOfEndedCases } from './retention.ts'
import { sweep } from './sweep.ts'

// The job of retention is that of people's rights; what it takes of complaints is said here.
registerRetention(identitiesOfEndedCases)

/** Every five minutes: reminders, deadlines that passed, referrals nobody answered, terms of citizens. */
const time = defineJob({
  name: 'complaints.sweep',
  schedule: '*/5 * * * *',
  work: async ({ db, log }) => {
    const swept = await sweep(db, (error, id) =>
      log.error(
        { complaint: id, err: error instanceof Error ? error.message : String(error) },
        'a case could not be swept',
      ),
    )
    if (Object.values(swept).some((count) => count > 0)) log.info(swept, 'what time did to cases')
  },
})

/** Every night: drafts nobody sent, keys of old requests, windows of limits; and who works where from today on. */
const tidy = defineJob({
  name: 'complaints.tidy',
  schedule: '10 17 * * *',
  work: async ({ db }) => {
    await db.asSystem('complaints: tidy up', async (tx) => {
      const now = db.clock()
      await tx.deleteFrom('complaint_draft').where('expires_at', '<', now).execute()
      await tx
        .deleteFrom('idempotency_key')
        .where('created_at', '<', new Date(now.getTime() - 30 * 86_400_000))
        .execute()
      await tx
        .deleteFrom('throttle')
        .where('window_start', '<', new Date(now.getTime() - 2 * 86_400_000))
        .execute()
      await sql`select recount_staff()`.execute(tx)
    })
  },
})

export const complaintJobs = [time, tidy]
