import { sql, type Selectable } from 'kysely'
import type { Actor, Database, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { tellProposalChange } from './changed.ts'
import { destination, type AnyAct } from './machine.ts'
import type { ProposalFacts } from './policy.ts'
import type { CheckResult, Correction, Door, FamilyFacts, Found, Kind, Member, Removal, State } from './schema.ts'

/** Who does something to a proposal: somebody signed in, or whoever proposes without an account. */
export type Who = { accountId: string | null; role: string; name: string | null; officeId: string | null; at: Date }
export const whoIs = (actor: Actor): Who => ({
  accountId: actor.accountId,
  role: actor.role,
  name: actor.name,
  officeId: actor.officeId,
  at: actor.at,
})
export const theProposer = (at: Date): Who => ({ accountId: null, role: 'citizen', name: null, officeId: null, at })

type Row = Selectable<Database['proposal']>
/** The proposal's row, its codes typed. */
export type ProposalRow = Omit<Row, 'state' | 'kind' | 'door' | 'removal' | 'state_before'> & {
  state: State
  kind: Kind
  door: Door
  removal: Removal | null
  state_before: State | null
}

/** The draft of a change: the ids of what is new are made when it is proposed, so that it can be applied only once. */
export type Payload = {
  familyId?: string
  family?: FamilyFacts
  members?: (Member & { id: string })[]
  corrections?: Correction[]
}
export type FoundThere = Omit<Found, 'members'> & { members?: (Member & { id: string })[] }
export type LastCheck = { round: number; assignedTo: string; result: CheckResult | null; found: FoundThere | null }

export type Held = { row: ProposalRow; check: LastCheck | null }

/** Takes the proposal for writing: others wait until this transaction ends, so acts on one proposal follow one another. */
export async function holdProposal(tx: Tx, id: string, version?: number): Promise<Held> {
  const row = (await tx.selectFrom('proposal').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()) as
    ProposalRow | undefined
  if (!row) throw notFound('proposal')
  if (version !== undefined && version !== row.version) throw conflict('proposal_changed')
  return { row, check: null }
}

/** The same for somebody on the staff, who also sees the field checks. */
export async function holdForStaff(tx: Tx, id: string, version?: number): Promise<Held> {
  const held = await holdProposal(tx, id, version)
  const last = await tx
    .selectFrom('field_check')
    .select(['round', 'assigned_to', 'result', 'found'])
    .where('proposal_id', '=', id)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    ...held,
    check: last
      ? {
          round: last.round,
          assignedTo: last.assigned_to,
          result: last.result as CheckResult | null,
          found: last.found as FoundThere | null,
        }
      : null,
  }
}

/** The facts the policy decides on. */
export const factsOf = ({ row, check }: Held): ProposalFacts => ({
  state: row.state,
  kind: row.kind,
  door: row.door,
  regionCode: row.region_code,
  proposedBy: row.proposed_by,
  checkerId: row.checker_id,
  checkedBy: row.checked_by,
  verifiedBy: row.verified_by,
  result: check?.result ?? null,
  familyNamed: row.family_id !== null,
})

/** Where the act leads, or a conflict that names why not. */
export function step(held: Held, act: AnyAct): State {
  const to = destination(act, held.row.state, held.row.state_before)
  if (!to) throw conflict('proposal_not_in_this_state', { act, state: held.row.state })
  return to
}

/** Words as stored; an error on the field when nothing is left of them. */
export function words(text: string, field = 'reason'): string {
  const clean = cleanText(text)
  if (clean.length === 0) throw invalid({ field, code: 'required' })
  return clean
}

export type NewEvent = { kind: string; public: boolean; body?: string | null; data?: Record<string, unknown> }
type Change = Partial<
  Pick<
    ProposalRow,
    | 'state'
    | 'state_before'
    | 'family_id'
    | 'person_id'
    | 'meeting_id'
    | 'decided_by'
    | 'checker_id'
    | 'checked_by'
    | 'verified_by'
    | 'approved_by'
    | 'refused_by'
    | 'change_id'
  >
>

/** Writes what an act changed: the row with its next version, its event, the news for live pages and for the complaint. */
export async function saveProposal(tx: Tx, who: Who, held: Held, change: Change, event: NewEvent): Promise<void> {
  const { row } = held
  const to = change.state ?? row.state
  const seq = row.last_seq + 1
  const written = await tx
    .updateTable('proposal')
    .set({ ...change, version: row.version + 1, last_seq: seq, changed_at: who.at })
    .where('id', '=', row.id)
    .executeTakeFirst()
  if (Number(written.numUpdatedRows) !== 1) throw notFound('proposal')
  await writeEvent(tx, who, row.id, seq, row.state, to, event)
  await tellPages(tx, row.id, row.region_code, event.kind, to)
  held.row = { ...row, ...change, version: row.version + 1, last_seq: seq, changed_at: who.at }
  if (row.complaint_id && event.public)
    await tellProposalChange(tx, {
      proposalId: row.id,
      complaintId: row.complaint_id,
      number: row.number,
      kind: row.kind,
      event: event.kind,
      state: to,
      period: row.period,
      reason: event.body ?? null,
      at: who.at,
    })
}

export const writeEvent = (tx: Tx, who: Who, id: string, seq: number, from: State | null, to: State, event: NewEvent) =>
  tx
    .insertInto('proposal_event')
    .values({
      proposal_id: id,
      seq,
      at: who.at,
      kind: event.kind,
      by_account: who.accountId,
      by_role: who.role,
      by_name: who.name,
      office_id: who.officeId,
      from_state: from,
      to_state: to,
      public: event.public,
      body: event.body ?? null,
      data: JSON.stringify(event.data ?? {}),
    })
    .execute()

/** News for live pages: ids and codes only. */
export const tellPages = (tx: Tx, id: string, regionCode: string, act: string, state: State) =>
  sql`insert into event_log (kind, subject, subject_id, region_code, office_id, data)
    values ('proposal', 'proposal', ${id}, ${regionCode}, ${`${regionCode}/social`}, ${JSON.stringify({ acts: [act], state })})`.execute(
    tx,
  )

export async function payloadOf(tx: Tx, id: string): Promise<Payload> {
  const row = await tx.selectFrom('proposal_content').select('payload').where('proposal_id', '=', id).executeTakeFirst()
  if (!row) throw notFound('proposal')
  return row.payload as Payload
}
