import { sql } from 'kysely'
import type { RetentionTaker } from '#src/people/index.ts'

/** Who complained and about whom, of cases that ended long ago. What was complained, answered and counted stays. */
export const identitiesOfEndedCases: RetentionTaker = {
  key: 'complaint_identity',
  count: async (tx, before) => {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from complaint_person p join complaint c on c.id = p.complaint_id where not c.open and c.changed_at < ${before}`.execute(
      tx,
    )
    return rows[0]?.n ?? 0
  },
  take: async (tx, before) => {
    const { numAffectedRows } = await sql`
      delete from complaint_person p using complaint c where c.id = p.complaint_id and not c.open and c.changed_at < ${before}`.execute(
      tx,
    )
    return Number(numAffectedRows ?? 0)
  },
}
