import { sql } from 'kysely'
import { scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { itemColumns, itemOf, type ItemRow } from './list.ts'
import { can, mayHoldMeeting } from './policy.ts'
import { factsOf } from './proposal.ts'
import type { AgendaItem, Meeting, MeetingItem, MeetingPaper } from './schema.ts'

type Row = {
  id: string
  region_code: string
  region_name: string
  path: string
  period: string
  basis: 'meeting' | 'statement'
  held_on: string
  place: string
  state: 'open' | 'closed'
  version: number
  items: number
  decided: number
}
const columns = sql`m.id, m.region_code, r.name as region_name, r.path_name as path, m.period, m.basis, m.held_on, m.place, m.state, m.version,
  (select count(*)::int from meeting_item i where i.meeting_id = m.id) as items,
  (select count(*)::int from meeting_item i where i.meeting_id = m.id and i.decision is not null) as decided`
const present = (row: Row): MeetingItem => ({
  id: row.id,
  regionCode: row.region_code,
  regionName: row.region_name,
  period: row.period,
  basis: row.basis,
  heldOn: row.held_on,
  place: row.place,
  state: row.state,
  items: row.items,
  decided: row.decided,
})

/** Meetings of the actor's region, the newest first; at most 200. */
export async function listMeetings(
  tx: Tx,
  query: { region?: string; period?: string; state?: 'open' | 'closed' },
): Promise<MeetingItem[]> {
  const where = [
    sql`true`,
    ...(query.region ? [sql`m.region_code >= ${query.region} and m.region_code < ${scopeEnd(query.region)}`] : []),
    ...(query.period ? [sql`m.period = ${query.period}`] : []),
    ...(query.state ? [sql`m.state = ${query.state}`] : []),
  ]
  const found = await sql<Row>`select ${columns} from village_meeting m join region r on r.code = m.region_code
    where ${sql.join(where, sql` and `)} order by m.held_on desc, m.id desc limit 200`.execute(tx)
  return found.rows.map(present)
}

/** A meeting with its agenda, who was there, its papers, and what still waits in the village. */
export async function viewMeeting(tx: Tx, actor: Actor, id: string): Promise<Meeting> {
  const found =
    await sql<Row>`select ${columns} from village_meeting m join region r on r.code = m.region_code where m.id = ${id}`.execute(
      tx,
    )
  const row = found.rows[0]
  if (!row) throw notFound('meeting')
  const holds = mayHoldMeeting(actor, row.region_code)
  const agenda = await sql<
    ItemRow & { position: number; decision: AgendaItem['decision']; decision_reason: string | null }
  >`select p.*, ${itemColumns}, i.position, i.decision, i.reason as decision_reason
    from meeting_item i join proposal p on p.id = i.proposal_id join region r on r.code = p.region_code
      left join proposal_content c on c.proposal_id = p.id
    where i.meeting_id = ${id} order by i.position`.execute(tx)
  const attendance = await tx
    .selectFrom('meeting_attendance')
    .select(['id', 'name', 'capacity', 'signed'])
    .where('meeting_id', '=', id)
    .orderBy('id')
    .execute()
  const papers = await tx
    .selectFrom('meeting_paper')
    .select(['id', 'kind', 'number', 'code', 'name', 'issued_at'])
    .where('meeting_id', '=', id)
    .orderBy('issued_at')
    .orderBy('id')
    .execute()
  const waiting =
    holds && row.state === 'open'
      ? await sql<ItemRow>`select p.*, ${itemColumns}
          from proposal p join region r on r.code = p.region_code left join proposal_content c on c.proposal_id = p.id
          where p.region_code = ${row.region_code} and p.state in ('submitted', 'postponed')
            and not exists (select from meeting_item i where i.meeting_id = ${id} and i.proposal_id = p.id)
          order by p.submitted_at, p.id limit 200`.execute(tx)
      : { rows: [] }
  return {
    ...present(row),
    regionPath: row.path,
    version: row.version,
    agenda: agenda.rows.map((one) => ({
      proposal: itemOf(one, actor),
      reason: one.reason,
      position: one.position,
      decision: one.decision,
      decisionReason: one.decision_reason,
      mayDecide: row.state === 'open' && can(actor, 'accept', factsOf({ row: one, check: null })),
    })),
    attendance,
    papers: papers.map((one) => ({
      id: one.id,
      kind: one.kind as MeetingPaper['kind'],
      number: one.number,
      code: one.code,
      name: one.name,
      issuedAt: one.issued_at.toISOString(),
    })),
    waiting: waiting.rows.map((one) => itemOf(one, actor)),
    can: holds && row.state === 'open' ? ['put_on_agenda', 'attend', 'close', 'issue_paper', 'upload_signed'] : [],
  }
}
