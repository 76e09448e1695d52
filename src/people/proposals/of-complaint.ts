import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Kind, State } from './schema.ts'

/** The proposals a complaint opened, as far as whoever asks sees them, the first one first. */
export async function proposalsOf(tx: Tx, complaintId: string) {
  const rows = await tx
    .selectFrom('proposal')
    .select(['id', 'number', 'kind', 'state', 'period', 'submitted_at'])
    .where('complaint_id', '=', complaintId)
    .orderBy('submitted_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    kind: row.kind as Kind,
    state: row.state as State,
    period: row.period,
    submittedAt: row.submitted_at.toISOString(),
  }))
}

export async function hasOpenProposal(tx: Tx, complaintId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('proposal')
    .select('id')
    .where('complaint_id', '=', complaintId)
    .where('open', '=', true)
    .executeTakeFirst()
  return row !== undefined
}

/** Living people of the actor's part of the register with one of these NIKs, and their families. */
export async function knownByNik(tx: Tx, niks: string[]): Promise<{ id: string; nik: string; familyId: string }[]> {
  if (niks.length === 0) return []
  const { rows } = await sql<{ id: string; nik: string; familyId: string }>`select id, nik, family_id as "familyId"
    from person where nik = any (${niks}) and status = 'active' and family_id is not null order by id limit 20`.execute(
    tx,
  )
  return rows
}
