import { sql } from 'kysely'
import { type RetentionTaker } from '../rights/index.ts'

/** Contacts that ended long ago: nobody is reached by them, and why they ended has been read. */
export const endedContacts: RetentionTaker = {
  key: 'ended_contact',
  count: async (tx, before) => {
    const { rows } = await sql<{ n: number }>`
      select count(*) as n from family_contact where ended_at < ${before}`.execute(tx)
    return rows[0]?.n ?? 0
  },
  take: async (tx, before) => {
    const { numAffectedRows } = await sql`delete from family_contact where ended_at < ${before}`.execute(tx)
    return Number(numAffectedRows ?? 0)
  },
}
