import { sql, type Selectable } from 'kysely'
import type { Pause, WorkCalendar } from '#src/platform/calendar/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Database, Tx } from '#src/platform/db/index.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { calendarFor } from '#src/regions/index.ts'
import { dueFields, termOn, type CaseClock, type Term, type TermKey } from './clocks.ts'
import { destination, type AnyAct } from './machine.ts'
import type { CaseFacts } from './policy.ts'
import type { Class, ClockKind, Door, State, Tier } from './schema.ts'

/** Who does something to a case: somebody signed in, a citizen, or the system when time has come. */
export type Who = { accountId: string | null; role: string; name: string | null; officeId: string | null; at: Date }
export const whoIs = (actor: Actor): Who => ({
  accountId: actor.accountId,
  role: actor.role,
  name: actor.name,
  officeId: actor.officeId,
  at: actor.at,
})
export const theCitizen = (at: Date): Who => ({ accountId: null, role: 'citizen', name: null, officeId: null, at })
export const theSystem = (at: Date): Who => ({ accountId: null, role: 'system', name: null, officeId: null, at })

type Row = Selectable<Database['complaint']>
/** The complaint's row, its codes typed. */
export type CaseRow = Omit<Row, 'state' | 'class' | 'door' | 'office_tier' | 'due_clock'> & {
  state: State
  class: Class
  door: Door
  office_tier: Tier
  due_clock: ClockKind | null
}

export type OpenReferral = {
  seq: number
  kind: 'up' | 'sideways' | 'down' | 'automatic'
  fromOffice: string
  toOffice: string
  stateBefore: State
}
export type OpenRecommendation = {
  seq: number
  act: 'answer' | 'refer_up' | 'refer_sideways' | 'reject'
  toOffice: string | null
  body: string
  by: string
}

/** A case held for writing: locked, with everything an act needs to decide and to count. */
export type Held = {
  row: CaseRow
  clocks: CaseClock[]
  calendar: WorkCalendar
  /** The term in force when the case was filed: a later change of the law does not move a running deadline. */
  term: (key: TermKey) => { days: number; source: string }
  termFor: (kind: Class, key: TermKey) => { days: number; source: string }
  offered: OpenReferral | null
  proposed: OpenRecommendation | null
  officeDecides: boolean
}

type ClockJson = {
  kind: ClockKind
  round: number
  working_days: number
  source: string
  started_at: string
  due_at: string | null
  pauses: { from: string; until: string | null }[]
  stopped_at: string | null
  stopped_by: CaseClock['stoppedBy']
  overdue_at: string | null
}
const date = (text: string | null) => (text === null ? null : new Date(text))
export const readClock = (json: ClockJson): CaseClock => ({
  kind: json.kind,
  round: json.round,
  workingDays: json.working_days,
  source: json.source,
  startedAt: new Date(json.started_at),
  dueAt: date(json.due_at),
  pauses: json.pauses.map((one): Pause => ({ from: new Date(one.from), until: date(one.until) })),
  stoppedAt: date(json.stopped_at),
  stoppedBy: json.stopped_by,
  overdueAt: date(json.overdue_at),
})

/**
 * Takes the case for writing: others wait until this transaction ends, so acts on one case follow one another.
 * Citizens see neither referrals nor recommendations, so those stay null for them.
 */
export async function holdCase(tx: Tx, who: Who, id: string, version?: number): Promise<Held> {
  const row = (await tx.selectFrom('complaint').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()) as
    CaseRow | undefined
  if (!row) throw notFound('complaint')
  if (version !== undefined && version !== row.version) throw conflict('changed_meanwhile')
  const inside = who.role !== 'citizen' && who.role !== 'pillar'
  const parts = await sql<{
    clocks: ClockJson[] | null
    terms: Term[]
    offered: OpenReferral | null
    proposed: OpenRecommendation | null
    decides: boolean
  }>`select
      (select json_agg(k order by k.started_at, k.kind, k.round) from complaint_clock k where k.complaint_id = ${id}) as clocks,
      (select json_agg(t) from complaint_term t) as terms,
      ${
        inside
          ? sql`(select json_build_object('seq', r.seq, 'kind', r.kind, 'fromOffice', r.from_office, 'toOffice', r.to_office, 'stateBefore', r.state_before)
        from referral r where r.complaint_id = ${id} and r.status = 'offered')`
          : sql`null::json`
      } as offered,
      ${
        inside
          ? sql`(select json_build_object('seq', r.seq, 'act', r.act, 'toOffice', r.to_office, 'body', r.body, 'by', r.by_account)
        from recommendation r where r.complaint_id = ${id} and r.status = 'proposed')`
          : sql`null::json`
      } as proposed,
      ${inside ? sql`exists (select from office_staff(${row.office_id}) s where s.role = 'supervisor')` : sql`false`} as decides
  `.execute(tx)
  const found = parts.rows[0]
  if (!found) throw notFound('complaint')
  const calendar = await calendarFor(tx, row.region_code)
  return {
    row,
    clocks: (found.clocks ?? []).map(readClock),
    calendar,
    term: (key) => termOn(found.terms, key, row.class, row.filed_on),
    termFor: (kind, key) => termOn(found.terms, key, kind, row.filed_on),
    offered: found.offered,
    proposed: found.proposed,
    officeDecides: found.decides,
  }
}

/** The facts the policy decides on. */
export const factsOf = (held: Held): CaseFacts => ({
  state: held.row.state,
  door: held.row.door,
  matter: held.row.matter,
  officeId: held.row.office_id,
  officeTier: held.row.office_tier,
  filedBy: held.row.filed_by,
  answeredBy: held.row.answered_by,
  verifiedBy: held.row.verified_by,
  joinedTo: held.row.joined_to,
  assigneeId: held.row.assignee_id,
  offices: held.row.offices,
  offered: held.offered && { kind: held.offered.kind, fromOffice: held.offered.fromOffice },
  proposed: held.proposed && { by: held.proposed.by },
  officeDecides: held.officeDecides,
  identityKnown: !held.row.anonymous,
})

/** Where the act leads, or a conflict that names why not. */
export function step(held: Held, act: AnyAct, before: State | null = null): State {
  const to = destination(act, held.row.state, before)
  if (!to) throw conflict('not_in_this_state', { act, state: held.row.state })
  return to
}

export type NewEvent = {
  kind: string
  public: boolean
  body?: string | null
  toOffice?: string | null
  data?: Record<string, unknown>
}

type Change = Partial<
  Pick<
    CaseRow,
    | 'state'
    | 'class'
    | 'matter'
    | 'programme_code'
    | 'office_id'
    | 'office_tier'
    | 'offices'
    | 'assignee_id'
    | 'lapses_at'
    | 'joined_to'
    | 'answered_at'
    | 'answered_by'
    | 'answered_tier'
    | 'verified_by'
    | 'settled_at'
    | 'settled_days'
    | 'reopened'
    | 'satisfied'
    | 'climbs_at'
  >
>

/**
 * Writes what an act changed: the row with its next version, its events in order, its clocks, and the news for live
 * pages. Returns the sequence number of the first event. The due fields follow from the clocks, never by hand.
 */
export async function saveCase(
  tx: Tx,
  who: Who,
  held: Held,
  change: Change,
  events: NewEvent[],
  clocks: CaseClock[] = held.clocks,
): Promise<number> {
  const { row } = held
  const first = row.last_seq + 1
  const to = change.state ?? row.state
  const due = dueFields(
    clocks,
    who.at,
    held.calendar,
    { remindBefore: held.term('remind_before').days, climbAfter: held.term('referral_answer').days },
    change.office_tier ?? row.office_tier,
    { climbs_at: change.climbs_at === undefined ? row.climbs_at : change.climbs_at },
  )
  const { climbs_at: _, ...rest } = change
  const written = await tx
    .updateTable('complaint')
    .set({ ...rest, ...due, version: row.version + 1, last_seq: row.last_seq + events.length, changed_at: who.at })
    .where('id', '=', row.id)
    .executeTakeFirst()
  if (Number(written.numUpdatedRows) !== 1) throw notFound('complaint')

  if (events.length > 0)
    await tx
      .insertInto('complaint_event')
      .values(
        events.map((event, index) => ({
          complaint_id: row.id,
          seq: first + index,
          at: who.at,
          kind: event.kind,
          by_account: who.accountId,
          by_role: who.role,
          by_name: who.name,
          office_id: who.officeId ?? (who.role === 'system' ? row.office_id : null),
          to_office_id: event.toOffice ?? null,
          from_state: row.state,
          to_state: to,
          public: event.public,
          body: event.body ?? null,
          data: JSON.stringify(event.data ?? {}),
        })),
      )
      .execute()
  await saveClocks(tx, row.id, held.clocks, clocks)
  await tellCase(
    tx,
    row,
    events.map((event) => event.kind),
    to,
    change.office_id ?? row.office_id,
  )
  // What was saved is what is held now, so that one transaction may act twice.
  held.row = {
    ...row,
    ...rest,
    ...due,
    version: row.version + 1,
    last_seq: row.last_seq + events.length,
    changed_at: who.at,
  }
  held.clocks = clocks
  return first
}

/** News for live pages: ids and codes only. The old office hears of a case that left it, the new one of a case that came. */
async function tellCase(tx: Tx, row: CaseRow, kinds: string[], state: State, officeId: string) {
  const offices = [...new Set([row.office_id, officeId])]
  await tx
    .insertInto('event_log')
    .values(
      offices.map((office) => ({
        kind: 'complaint',
        subject: 'complaint',
        subject_id: row.id,
        region_code: row.region_code,
        office_id: office,
        data: JSON.stringify({ acts: kinds, state, officeId, assigneeId: row.assignee_id }),
      })),
    )
    .execute()
}

const clockKey = (clock: CaseClock) => `${clock.kind}/${clock.round}`
export const clockRow = (complaintId: string, clock: CaseClock) => ({
  complaint_id: complaintId,
  kind: clock.kind,
  round: clock.round,
  working_days: clock.workingDays,
  source: clock.source,
  started_at: clock.startedAt,
  due_at: clock.dueAt,
  pauses: JSON.stringify(clock.pauses),
  stopped_at: clock.stoppedAt,
  stopped_by: clock.stoppedBy,
  overdue_at: clock.overdueAt,
})

async function saveClocks(tx: Tx, id: string, before: readonly CaseClock[], after: readonly CaseClock[]) {
  const known = new Map(before.map((clock) => [clockKey(clock), clock]))
  const fresh = after.filter((clock) => !known.has(clockKey(clock)))
  if (fresh.length > 0)
    await tx
      .insertInto('complaint_clock')
      .values(fresh.map((clock) => clockRow(id, clock)))
      .execute()
  for (const clock of after) {
    const old = known.get(clockKey(clock))
    if (!old || old === clock) continue
    const { due_at, pauses, stopped_at, stopped_by, overdue_at } = clockRow(id, clock)
    // At most three running clocks a case, nearly always one: not worth a statement over sets.
    await tx
      .updateTable('complaint_clock')
      .set({ due_at, pauses, stopped_at, stopped_by, overdue_at })
      .where('complaint_id', '=', id)
      .where('kind', '=', clock.kind)
      .where('round', '=', clock.round)
      .execute()
  }
}

/** Hands the responsibility over: ends the current disposition and begins the next, with who, for which office, why. */
export async function handOver(
  tx: Tx,
  who: Who,
  held: Held,
  seq: number,
  office: { id: string; tier: Tier },
  why: string,
  reason: string | null,
): Promise<void> {
  await tx
    .updateTable('disposition')
    .set({ ended_at: who.at })
    .where('complaint_id', '=', held.row.id)
    .where('ended_at', 'is', null)
    .execute()
  await tx
    .insertInto('disposition')
    .values({
      complaint_id: held.row.id,
      seq,
      office_id: office.id,
      began_at: who.at,
      why,
      reason,
      by_account: who.accountId,
      by_role: who.role,
    })
    .execute()
}

/** The calendar day at the place of the case. */
export const dayAt = (held: Held, at: Date) => localDay(at, held.calendar.zone)
