import { randomUUID } from 'node:crypto'
import type { TestDatabase } from './postgres.ts'

/** The columns of a complaint that statistics look at; the rest is filled in. */
export type ComplaintRow = {
  id: string
  region_code: string
  filed_on: string
  door: string
  class: string
  matter: string
  programme_code: string | null
  state: string
  office_tier: string
  overdue: boolean
  answered_tier: string | null
  settled_at: string | null
  settled_days: number | null
  satisfied: boolean | null
}

export const complaintRow = (row: Partial<ComplaintRow> = {}): ComplaintRow => ({
  id: randomUUID(),
  region_code: '32.75.01.1001',
  filed_on: '2026-03-10',
  door: 'web',
  class: 'complaint',
  matter: 'enrolment.not_listed',
  programme_code: null,
  state: 'received',
  office_tier: 'village',
  overdue: false,
  answered_tier: null,
  settled_at: null,
  settled_days: null,
  satisfied: null,
  ...row,
})

/**
 * Rows of cases without their history, written by the owner: for tests and benchmarks of what is made from rows alone. The
 * check that every case has one responsible office is off in this database afterwards.
 */
export async function insertComplaints(
  { sql }: Pick<TestDatabase, 'sql'>,
  rows: readonly ComplaintRow[],
): Promise<void> {
  await sql('alter table complaint disable trigger one_responsible_office')
  await sql(
    `insert into complaint (id, number, region_code, filed_at, filed_on, door, class, matter, programme_code, summary, body, state, office_id,
       office_tier, offices, overdue, answered_tier, settled_at, settled_days, satisfied)
     select id, 'T' || left(id::text, 8), region_code, filed_on + time '09:00', filed_on, door, class, matter, programme_code, 'Ringkasan aduan',
       'Isi aduan untuk pengujian', state, '00/social', office_tier, array['00/social'], overdue, answered_tier, settled_at, settled_days, satisfied
     from jsonb_to_recordset($1) r (id uuid, region_code text, filed_on date, door text, class text, matter text, programme_code text,
       state text, office_tier text, overdue boolean, answered_tier text, settled_at timestamptz, settled_days integer, satisfied boolean)`,
    [JSON.stringify(rows)],
  )
}

export async function changeComplaints(
  { sql }: Pick<TestDatabase, 'sql'>,
  rows: readonly ComplaintRow[],
): Promise<void> {
  await sql(
    `update complaint c set class = r.class, matter = r.matter, programme_code = r.programme_code, state = r.state, office_tier = r.office_tier,
       overdue = r.overdue, answered_tier = r.answered_tier, settled_at = r.settled_at, settled_days = r.settled_days, satisfied = r.satisfied
     from jsonb_to_recordset($1) r (id uuid, class text, matter text, programme_code text, state text, office_tier text, overdue boolean,
       answered_tier text, settled_at timestamptz, settled_days integer, satisfied boolean)
     where c.id = r.id`,
    [JSON.stringify(rows)],
  )
}
