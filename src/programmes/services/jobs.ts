import { sql } from 'kysely'
import type { Db } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { defineJob } from '#src/platform/jobs/index.ts'

/** Tells each case worker once when a step of theirs becomes due, and once when it is overdue. Returns how many steps. */
export async function remindOfSteps(db: Db): Promise<number> {
  return db.asSystem('services: remind of steps', async (tx) => {
    const { rows } = await sql<{ case_id: string; assignee_id: string }>`
      update service_step s set reminded_on = (acting_now() at time zone r.time_zone)::date
      from service_case c join region r on r.code = c.region_code
      where c.id = s.case_id and c.closed_at is null and s.done_at is null and s.dropped_at is null and s.assignee_id is not null
        and s.due_on <= (acting_now() at time zone r.time_zone)::date
        and (s.reminded_on is null or s.reminded_on <= s.due_on and s.due_on < (acting_now() at time zone r.time_zone)::date)
      returning s.case_id, s.assignee_id`.execute(tx)
    for (const one of rows)
      await emit(tx, {
        kind: 'service.due',
        subject: 'service',
        subjectId: one.case_id,
        regionCode: null,
        accountId: one.assignee_id,
      })
    return rows.length
  })
}

/** Every morning at 06.30 in the capital. */
const remind = defineJob({
  name: 'services.remind',
  schedule: '30 23 * * *',
  work: async ({ db, log }) => {
    const steps = await remindOfSteps(db)
    if (steps > 0) log.info({ steps }, 'case workers reminded of steps')
  },
})

export const serviceJobs = [remind]
