import { sql, type Selectable } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Database, Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { calendarAt } from './calendar.ts'
import { authorize, mayHoldMeeting } from './policy.ts'
import { factsOf, holdForStaff, saveProposal, step, whoIs, words } from './proposal.ts'
import type { DecideAct, NewMeeting } from './schema.ts'
import { take } from './steps.ts'

type MeetingRow = Selectable<Database['village_meeting']>

/** Takes a meeting that is still open for writing: those who write into one meeting take turns. */
export async function holdMeeting(tx: Tx, actor: Actor, id: string, version?: number): Promise<MeetingRow> {
  const row = await tx.selectFrom('village_meeting').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()
  if (!row) throw notFound('meeting')
  if (!mayHoldMeeting(actor, row.region_code)) throw forbidden('meeting.hold')
  if (version !== undefined && version !== row.version) throw conflict('proposal_changed')
  if (row.state === 'closed') throw conflict('meeting_closed')
  return row
}

/**
 * Calls a village meeting, or decides by a signed statement of responsibility instead (SPTJM). With `collect` all that
 * waits in the village up to its month goes on the agenda. Answers its id; the same id again is the same meeting.
 */
export async function openMeeting(tx: Tx, actor: Actor, given: NewMeeting): Promise<string> {
  if (!mayHoldMeeting(actor, given.regionCode)) throw forbidden('meeting.hold')
  const id = given.id ?? uuidv7()
  const known = await tx.selectFrom('village_meeting').select('id').where('id', '=', id).executeTakeFirst()
  if (known) return id
  const region = await tx
    .selectFrom('region')
    .select(['tier', 'time_zone'])
    .where('code', '=', given.regionCode)
    .executeTakeFirst()
  if (region?.tier !== 'village') throw invalid({ field: 'regionCode', code: 'unknown' })
  const place = cleanLine(given.place)
  if (place.length < 3) throw invalid({ field: 'place', code: 'minLength', params: { limit: 3 } })
  const period = given.period ?? (await calendarAt(tx, actor.at, region.time_zone)).period
  await tx
    .insertInto('village_meeting')
    .values({
      id,
      region_code: given.regionCode,
      period,
      basis: given.basis,
      held_on: given.heldOn,
      place,
      state: 'open',
      opened_by: actor.accountId,
      opened_at: actor.at,
    })
    .execute()
  if (given.collect !== false) await collect(tx, actor, id, given.regionCode, period)
  return id
}

async function collect(tx: Tx, actor: Actor, meetingId: string, regionCode: string, period: string): Promise<void> {
  const waiting = await tx
    .selectFrom('proposal')
    .select('id')
    .where('region_code', '=', regionCode)
    .where('state', 'in', ['submitted', 'postponed'])
    .where('period', '<=', period)
    .orderBy('submitted_at')
    .orderBy('id')
    .execute()
  for (const { id } of waiting) await putOnAgenda(tx, actor, id, meetingId)
}

export async function putOnAgenda(
  tx: Tx,
  actor: Actor,
  id: string,
  meetingId: string,
  version?: number,
): Promise<void> {
  const meeting = await holdMeeting(tx, actor, meetingId)
  const held = await take(tx, actor, id, 'put_on_agenda', version)
  const state = step(held, 'put_on_agenda')
  if (held.row.region_code !== meeting.region_code) throw invalid({ field: 'meetingId', code: 'unknown' })
  const { rows } = await sql<{ position: number }>`select coalesce(max(position), 0) + 1 as position
    from meeting_item where meeting_id = ${meetingId}`.execute(tx)
  await tx
    .insertInto('meeting_item')
    .values({ meeting_id: meetingId, proposal_id: id, position: rows[0]?.position ?? 1 })
    .execute()
  await saveProposal(
    tx,
    whoIs(actor),
    held,
    { state, meeting_id: meetingId },
    { kind: 'put_on_agenda', public: true, data: { meetingId, heldOn: meeting.held_on } },
  )
}

const acts = { accepted: 'accept', declined: 'decline', postponed: 'postpone' } as const

/** What the meeting decided about one proposal; declining and postponing say why. Not about one's own. */
export async function decideItem(tx: Tx, actor: Actor, meetingId: string, given: DecideAct): Promise<void> {
  const meeting = await holdMeeting(tx, actor, meetingId)
  const item = await tx
    .selectFrom('meeting_item')
    .select('decision')
    .where('meeting_id', '=', meetingId)
    .where('proposal_id', '=', given.proposalId)
    .executeTakeFirst()
  if (!item) throw notFound('proposal')
  const held = await holdForStaff(tx, given.proposalId)
  const act = acts[given.decision]
  authorize(actor, act, factsOf(held))
  const state = step(held, act)
  const reason = given.reason ? words(given.reason) : null
  if (given.decision !== 'accepted' && !reason) throw invalid({ field: 'reason', code: 'required' })
  const who = whoIs(actor)
  await tx
    .updateTable('meeting_item')
    .set({ decision: given.decision, reason, decided_by: actor.accountId, decided_at: who.at })
    .where('meeting_id', '=', meetingId)
    .where('proposal_id', '=', given.proposalId)
    .execute()
  await saveProposal(
    tx,
    who,
    held,
    { state, decided_by: given.decision === 'postponed' ? null : actor.accountId },
    {
      kind: given.decision,
      public: true,
      body: reason,
      data: { meetingId, heldOn: meeting.held_on, basis: meeting.basis },
    },
  )
}

export async function addAttendance(
  tx: Tx,
  actor: Actor,
  meetingId: string,
  given: { name: string; capacity: string; signed: boolean },
): Promise<void> {
  await holdMeeting(tx, actor, meetingId)
  const name = cleanLine(given.name)
  const capacity = cleanLine(given.capacity)
  if (name === '') throw invalid({ field: 'name', code: 'required' })
  if (capacity === '') throw invalid({ field: 'capacity', code: 'required' })
  await tx
    .insertInto('meeting_attendance')
    .values({ meeting_id: meetingId, id: uuidv7(), name, capacity, signed: given.signed })
    .execute()
}

export async function removeAttendance(tx: Tx, actor: Actor, meetingId: string, id: string): Promise<void> {
  await holdMeeting(tx, actor, meetingId)
  await tx.deleteFrom('meeting_attendance').where('meeting_id', '=', meetingId).where('id', '=', id).execute()
}

/**
 * Ends it: every item is decided, somebody was there, and its paper is written (minutes; for a statement the signed scan).
 * The database holds the first rule too.
 */
export async function closeMeeting(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const meeting = await holdMeeting(tx, actor, id, version)
  const { rows } = await sql<{ undecided: number; items: number; present: number; papers: string[] | null }>`select
      (select count(*)::int from meeting_item i where i.meeting_id = ${id} and i.decision is null) as undecided,
      (select count(*)::int from meeting_item i where i.meeting_id = ${id}) as items,
      (select count(*)::int from meeting_attendance a where a.meeting_id = ${id}) as present,
      (select array_agg(distinct p.kind) from meeting_paper p where p.meeting_id = ${id}) as papers`.execute(tx)
  const found = rows[0]
  if (!found || found.items === 0) throw conflict('meeting_empty')
  if (found.undecided > 0) throw conflict('meeting_undecided', { count: found.undecided })
  if (meeting.basis === 'meeting' && found.present === 0) throw conflict('meeting_nobody_there')
  const wanted = meeting.basis === 'meeting' ? 'minutes' : 'signed'
  if (!(found.papers ?? []).includes(wanted))
    throw conflict(wanted === 'minutes' ? 'meeting_no_minutes' : 'meeting_no_statement')
  await tx
    .updateTable('village_meeting')
    .set({ state: 'closed', closed_by: actor.accountId, closed_at: actor.at, version: meeting.version + 1 })
    .where('id', '=', id)
    .execute()
}
