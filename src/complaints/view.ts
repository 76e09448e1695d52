import { sql } from 'kysely'
import { explainDue, localDay, workingDaysLeft, type WorkCalendar } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { checkNik, isChild, maskNik, maskPhone, proposalsOf } from '#src/people/index.ts'
import { calendarFor, officeChain } from '#src/regions/index.ts'
import { factsOf, readClock, type CaseRow, type Held, type OpenRecommendation, type OpenReferral } from './case.ts'
import type { CaseClock } from './clocks.ts'
import { termOn } from './clocks.ts'
import { below, nextUp, officeNames, officeRef, sideways } from './offices.ts'
import { abilities, nextAct } from './policy.ts'
import type { Case, Clock, ListItem, OfficeRef, Person } from './schema.ts'
import type { EventJson, Parts, PersonJson, RecommendationJson, ReferralJson } from './view-rows.ts'

const utc = (text: string) => new Date(text).toISOString()
const utcOr = (text: string | null) => (text === null ? null : utc(text))
const part = (table: string, order: string) =>
  sql.raw(`(select json_agg(x order by ${order}) from ${table} x where x.complaint_id = c.id)`)

/** One case with all its parts, in two round trips; row security decides which parts there are. */
export async function viewCase(tx: Tx, actor: Actor, id: string): Promise<Case> {
  const row = (await tx.selectFrom('complaint').selectAll().where('id', '=', id).executeTakeFirst()) as
    CaseRow | undefined
  if (!row) throw notFound('complaint')
  const found = await sql<Parts>`select r.path_name as path, r.name as region_name, r.time_zone as zone,
      ${part('complaint_clock', 'x.started_at, x.kind, x.round')} as clocks,
      (select json_agg(t) from complaint_term t) as terms,
      ${part('complaint_event', 'x.seq')} as events,
      ${part('complaint_person', 'x.seq')} as people,
      ${part('referral', 'x.seq')} as referrals,
      ${part('recommendation', 'x.seq')} as recommendations,
      ${part('disposition', 'x.seq')} as dispositions,
      ${part('attachment', 'x.at, x.id')} as attachments,
      ${part('letter', 'x.issued_at, x.id')} as letters,
      (select json_build_object('id', p.id, 'number', p.number) from complaint p where p.id = c.joined_to) as joined_to,
      (select json_agg(json_build_object('id', j.id, 'number', j.number, 'filed_at', j.filed_at) order by j.filed_at) from complaint j where j.joined_to = c.id) as joined,
      (select json_agg(json_build_object('id', o.id, 'number', o.number, 'summary', o.summary, 'state', o.state, 'score', s.score, 'filed_at', o.filed_at) order by s.score desc)
         from (select other_id as id, score, verdict from complaint_similar where complaint_id = c.id
               union all select complaint_id, score, verdict from complaint_similar where other_id = c.id) s
         join complaint o on o.id = s.id
         where s.verdict is null and o.joined_to is null) as similar,
      (select json_agg(f) from office_staff(c.office_id) f) as staff
    from complaint c join region r on r.code = c.region_code where c.id = ${id}`.execute(tx)
  const parts = found.rows[0]
  if (!parts) throw notFound('complaint')
  const calendar = await calendarFor(tx, row.region_code)
  const chain = await officeChain(tx, row.region_code)
  const events = parts.events ?? []
  const referrals = parts.referrals ?? []
  const dispositions = parts.dispositions ?? []
  const names = await officeNames(tx, [
    row.office_id,
    row.passed_over,
    ...events.flatMap((one) => [one.office_id, one.to_office_id]),
    ...referrals.flatMap((one) => [one.from_office, one.to_office]),
    ...dispositions.map((one) => one.office_id),
    ...(parts.recommendations ?? []).map((one) => one.to_office),
  ])
  const office = (officeId: string | null): OfficeRef | null =>
    officeId === null ? null : (names.get(officeId) ?? null)
  const known = (officeId: string): OfficeRef =>
    names.get(officeId) ?? { id: officeId, name: officeId, tier: row.office_tier, regionCode: row.region_code }

  const offered = referrals.find((one) => one.status === 'offered')
  const proposed = (parts.recommendations ?? []).find((one) => one.status === 'proposed')
  const staff = parts.staff ?? []
  const clocks = (parts.clocks ?? []).map(readClock)
  const held: Held = {
    row,
    clocks,
    calendar,
    term: (key) => termOn(parts.terms, key, row.class, row.filed_on),
    termFor: (kind, key) => termOn(parts.terms, key, kind, row.filed_on),
    offered: offered ? openReferral(offered) : null,
    proposed: proposed ? openRecommendation(proposed) : null,
    officeDecides: staff.some((person) => person.role === 'supervisor'),
  }
  const takesPart =
    actor.role === 'pillar'
      ? row.filed_by === actor.accountId
      : actor.officeId !== null && row.offices.includes(actor.officeId)
  const facts = { ...factsOf(held), identityKnown: (parts.people ?? []).length > 0 }
  const byName = new Map(
    events.flatMap((event) => (event.by_account && event.by_name ? [[event.by_account, event.by_name] as const] : [])),
  )
  const holds = actor.officeId === row.office_id
  return {
    ...present(row, actor.at, calendar, known(row.office_id), parts.region_name, staffName(staff, row.assignee_id)),
    regionPath: parts.path,
    body: row.body,
    aboutOffice: row.about_office,
    passedOver: office(row.passed_over),
    version: row.version,
    joinedTo: parts.joined_to,
    joined: (parts.joined ?? []).map((one) => ({ id: one.id, number: one.number, filedAt: utc(one.filed_at) })),
    similar: (parts.similar ?? [])
      .map((one) => ({ ...one, filedAt: utc(one.filed_at) }))
      .map(({ filed_at: _, ...one }) => one),
    satisfied: row.satisfied,
    lapsesAt: row.lapses_at?.toISOString() ?? null,
    people: (parts.people ?? []).map((person) => presentPerson(person, takesPart, localDay(actor.at, calendar.zone))),
    identitySealed: row.anonymous || !takesPart,
    events: events.map((event) => ({
      seq: event.seq,
      at: utc(event.at),
      kind: event.kind,
      byName: event.by_name,
      byRole: event.by_role,
      office: office(event.office_id),
      toOffice: office(event.to_office_id),
      fromState: event.from_state,
      toState: event.to_state,
      public: event.public,
      body: event.body,
      data: event.data,
    })),
    clocks: clocks.map((clock) => presentClock(clock, actor.at, calendar)),
    referrals: referrals.map((one) => ({
      seq: one.seq,
      kind: one.kind,
      from: known(one.from_office),
      to: known(one.to_office),
      reason: one.reason,
      status: one.status,
      offeredAt: utc(one.offered_at),
      answerBy: utcOr(one.answer_by),
      answeredAt: utcOr(one.answered_at),
      answerReason: one.answer_reason,
    })),
    dispositions: dispositions.map((one) => ({
      seq: one.seq,
      office: known(one.office_id),
      beganAt: utc(one.began_at),
      endedAt: utcOr(one.ended_at),
      why: one.why,
      reason: one.reason,
      byName: one.by_account ? (byName.get(one.by_account) ?? null) : null,
      byRole: one.by_role,
    })),
    recommendations: (parts.recommendations ?? []).map((one) => ({
      seq: one.seq,
      act: one.act,
      toOffice: office(one.to_office),
      body: one.body,
      status: one.status,
      byName: byName.get(one.by_account) ?? '',
      byMe: one.by_account === actor.accountId,
      at: utc(one.at),
      decisionNote: one.decision_note,
    })),
    attachments: (parts.attachments ?? []).map((one) => ({
      id: one.id,
      name: one.name,
      mediaType: one.media_type,
      bytes: one.bytes,
      public: one.public,
      byRole: one.by_role,
      at: utc(one.at),
    })),
    letters: (parts.letters ?? []).map((one) => ({
      id: one.id,
      kind: one.kind,
      number: one.number,
      code: one.code,
      issuedAt: utc(one.issued_at),
    })),
    offices: {
      up: holds ? refOrNull(nextUp(chain, row.office_id)) : null,
      sideways: holds ? (await sideways(tx, row.office_id)).map(officeRefStaffed) : [],
      down: holds ? below(chain, row.office_id).map(officeRef) : [],
    },
    staff: holds ? staff.map((one) => ({ id: one.account_id, name: one.name, role: one.role })) : [],
    proposals: actor.role === 'pillar' ? [] : await proposalsOf(tx, id),
    readyAnswer: holds ? readyAnswer(events) : null,
    can: abilities(actor, facts),
    next: nextAct(actor, facts),
  }
}

/** The last news of a proposal or a service, unless something was answered since. */
function readyAnswer(events: readonly EventJson[]): string | null {
  const last = events.findLast((one) => ['proposal_news', 'service_news', 'answered'].includes(one.kind))
  return last?.kind === 'answered' ? null : (last?.body ?? null)
}

const refOrNull = (link: Parameters<typeof officeRef>[0] | null) => (link ? officeRef(link) : null)
const officeRefStaffed = (link: Parameters<typeof officeRef>[0] & { staffed: boolean | null }) => ({
  ...officeRef(link),
  staffed: link.staffed === true,
})
const staffName = (staff: { account_id: string; name: string }[], id: string | null) =>
  id ? { id, name: staff.find((one) => one.account_id === id)?.name ?? '' } : null
const openReferral = (one: ReferralJson): OpenReferral => ({
  seq: one.seq,
  kind: one.kind,
  fromOffice: one.from_office,
  toOffice: one.to_office,
  stateBefore: one.state_before,
})
const openRecommendation = (one: RecommendationJson): OpenRecommendation => ({
  seq: one.seq,
  act: one.act,
  toOffice: one.to_office,
  body: one.body,
  by: one.by_account,
})

type ListRow = Pick<
  CaseRow,
  | 'id'
  | 'number'
  | 'summary'
  | 'class'
  | 'matter'
  | 'programme_code'
  | 'state'
  | 'door'
  | 'region_code'
  | 'filed_at'
  | 'changed_at'
  | 'due_at'
  | 'due_clock'
  | 'overdue'
  | 'confidential'
  | 'anonymous'
  | 'joined_count'
  | 'reopened'
>

/** A row of the list as it crosses the wire. */
export const present = (
  row: ListRow,
  at: Date,
  calendar: WorkCalendar,
  office: OfficeRef,
  regionName: string,
  assignee: { id: string; name: string } | null,
): ListItem => ({
  id: row.id,
  number: row.number,
  summary: row.summary,
  class: row.class,
  matter: row.matter,
  programmeCode: row.programme_code,
  state: row.state,
  door: row.door,
  regionCode: row.region_code,
  regionName,
  timeZone: calendar.zone,
  office,
  assignee,
  filedAt: row.filed_at.toISOString(),
  changedAt: row.changed_at.toISOString(),
  dueAt: row.due_at?.toISOString() ?? null,
  dueClock: row.due_clock,
  workingDaysLeft: row.due_at ? workingDaysLeft(at, row.due_at, calendar) : null,
  overdue: row.overdue || (row.due_at !== null && row.due_at < at),
  confidential: row.confidential,
  anonymous: row.anonymous,
  joinedCount: row.joined_count,
  reopened: row.reopened,
})

const presentClock = (clock: CaseClock, at: Date, calendar: WorkCalendar): Clock => ({
  kind: clock.kind,
  round: clock.round,
  workingDays: clock.workingDays,
  source: clock.source,
  startedAt: clock.startedAt.toISOString(),
  dueAt: clock.dueAt?.toISOString() ?? null,
  stoppedAt: clock.stoppedAt?.toISOString() ?? null,
  stoppedBy: clock.stoppedBy,
  paused: clock.stoppedAt === null && clock.pauses.some((pause) => pause.until === null),
  overdue: clock.dueAt !== null && clock.dueAt < (clock.stoppedAt ?? at),
  workingDaysLeft: clock.dueAt && !clock.stoppedAt ? workingDaysLeft(at, clock.dueAt, calendar, clock.pauses) : null,
  steps: explainDue({ startedAt: clock.startedAt, workingDays: clock.workingDays, pauses: clock.pauses, calendar })
    .steps,
})

/** Numbers always masked; names and addresses only for offices that hold or held the case. Children's names never beyond those. */
function presentPerson(person: PersonJson, takesPart: boolean, today: string): Person {
  const shown = <T>(value: T | null): T | null => (takesPart ? value : null)
  return {
    seq: person.seq,
    part: person.part,
    name: shown(person.name),
    nik: shown(maskNik(person.nik)),
    kkNumber: shown(maskNik(person.kk_number)),
    phone: shown(maskPhone(person.phone)),
    email: shown(person.email && person.email.replace(/^(.).*@/u, '$1***@')),
    sex: shown(person.sex),
    birthDate: shown(person.birth_date),
    address: shown(person.address),
    rt: shown(person.rt),
    rw: shown(person.rw),
    relationship: person.relationship,
    registered: person.registered,
    decile: person.decile,
    programmes: person.programmes,
    child: isChild(person.birth_date, today),
    warnings: takesPart && person.nik ? checkNik(person.nik, { birthDate: person.birth_date, sex: person.sex }) : [],
  }
}
