import { sql } from 'kysely'
import { maskNik } from '#src/people/schema.ts'
import { inSocialOffice, openFamily } from '#src/people/register/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { factsOf, getCase, laterBy, stepsOf, type StepRow } from './cases.ts'
import { resultsOf } from './step-results.ts'
import { mayRecordPhase, missingOf, unfinished } from './machine.ts'
import { aboutOf, type BriefRow, briefColumns, presentAbout, presentBrief, staffNames } from './list.ts'
import { type Plan, plansOf, stepOf, wordOf } from './plans.ts'
import { abilities, holds, mayRecordStep, nextAct } from './policy.ts'
import type { CaseEvent, CaseStep, Member, ServiceCase } from './schema.ts'

/**
 * One case, whole, as far as the reader may know it: the head for whoever sees that there is one, the story for whoever is inside, what
 * was found for whoever holds it and has opened the family. That somebody looked at that is written down.
 */
export async function readCase(tx: Tx, actor: Actor, id: string): Promise<ServiceCase> {
  const { rows } = await sql<BriefRow & { office_name: string; opened: boolean }>`
    select ${briefColumns}, o.name as office_name, reads_service(c.id) as opened
    from service_case c join region r on r.code = c.region_code join office o on o.id = c.office_id where c.id = ${id}`.execute(
    tx,
  )
  const row = rows[0]
  if (!row) throw notFound('service')
  const plan = (await plansOf(tx, [row]))(row)
  const facts = factsOf(row)
  const about = (await aboutOf(tx, [id])).get(id)
  const steps = await stepsOf(tx, id)
  const names = await staffNames(tx, [row.worker_id, ...steps.map((one) => one.assignee_id)])
  const holder = holds(actor, facts)
  const records = await recordsOf(tx, id)
  if (row.opened && records.size > 0)
    await sql`select record_act('look', 'service_case', ${id}, ${row.region_code}, '{}', null)`.execute(tx)
  const ready = row.state === 'running' && unfinished(plan.definition, steps).length === 0
  const { rows: days } = await sql<{ seq: number; days_left: number; moved: boolean }>`
    select s.seq, s.due_on - (acting_now() at time zone ${row.time_zone})::date as days_left, s.due_on is distinct from s.planned_on as moved
    from service_step s where s.case_id = ${id} and s.done_at is null and s.dropped_at is null and s.due_on is not null`.execute(
    tx,
  )
  const left = new Map(days.map((one) => [one.seq, one]))
  return {
    ...presentBrief(row, plan, presentAbout(about), names),
    timeZone: row.time_zone,
    office: row.office_name,
    familyId: about?.inside && inSocialOffice(actor) ? row.family_id : null,
    nik: about?.nik ? maskNik(about.nik) : null,
    birthDate: about?.birth_date ?? null,
    phone: about?.phone ?? null,
    complaintNumber: about?.inside ? row.complaint_number : null,
    workerId: row.worker_id,
    plan: { from: plan.from, verified: plan.verified, source: plan.source },
    definition: plan.definition,
    content: row.opened ? 'shown' : holder ? 'open_first' : 'hidden',
    steps: steps.map((step): CaseStep => {
      const planned = stepOf(plan, step.code)
      const isOpen = step.done_on === null && step.dropped_at === null
      return {
        seq: step.seq,
        ...wordOf(plan.definition.steps, step.code),
        phase: step.phase,
        kind: planned?.kind ?? 'other',
        required: step.required,
        dueOn: step.due_on,
        daysLeft: left.get(step.seq)?.days_left ?? null,
        moved: left.get(step.seq)?.moved ?? false,
        assignee: step.assignee_id ? { id: step.assignee_id, name: names.get(step.assignee_id) ?? '–' } : null,
        doneOn: step.done_on,
        met: step.met,
        dropped: step.dropped_at !== null,
        mayRecord:
          isOpen &&
          planned !== undefined &&
          mayRecordPhase(row.state, step.phase) &&
          mayRecordStep(actor, facts, planned, step.assignee_id),
        record: presentRecord(plan, step, records),
      }
    }),
    members: row.unit === 'group' ? await membersOf(tx, id) : [],
    events: await eventsOf(tx, id),
    missing: [...missingOf(plan.definition, 'assessment', steps), ...unfinished(plan.definition, steps)],
    can: abilities(actor, facts),
    next: nextAct(actor, facts, ready),
    planDays: abilities(actor, facts).includes('plan') ? await planDays(tx, plan, row) : {},
  }
}

/** The first day of each step of the work by the plan, if it were planned today. */
async function planDays(tx: Tx, plan: Plan, row: BriefRow): Promise<Record<string, string>> {
  const later = await laterBy(tx, plan, row.region_code)
  const { rows } = await sql<{ today: string }>`
    select (acting_now() at time zone ${row.time_zone})::date as today`.execute(tx)
  const today = rows[0]?.today ?? row.opened_on
  const work = plan.definition.steps.filter((one) => one.phase === 'steps' || one.phase === 'outcome')
  return Object.fromEntries(work.map((one) => [one.code, later(today, one.after ?? 7)]))
}

type RecordRow = {
  seq: number
  result: string
  topic: string | null
  answers: Record<string, unknown>
  note: string | null
  photos: string[]
  attendance: { name: string; present: boolean; note: string | null }[]
}
async function recordsOf(tx: Tx, id: string): Promise<Map<number, RecordRow>> {
  const { rows } = await sql<RecordRow>`
    select d.seq, d.result, d.topic, d.answers, d.note,
      array(select p.id from service_photo p where p.case_id = d.case_id and p.seq = d.seq order by p.at) as photos,
      coalesce((select jsonb_agg(jsonb_build_object('name', m.name, 'present', a.present, 'note', a.note) order by m.name)
        from service_attendance a join service_member m on m.case_id = a.case_id and m.id = a.member_id
        where a.case_id = d.case_id and a.seq = d.seq), '[]') as attendance
    from service_record d where d.case_id = ${id}`.execute(tx)
  return new Map(rows.map((row) => [row.seq, row]))
}

function presentRecord(plan: Plan, step: StepRow, records: Map<number, RecordRow>): CaseStep['record'] {
  const row = records.get(step.seq)
  if (!row) return null
  const planned = stepOf(plan, step.code)
  return {
    result: wordOf(planned ? resultsOf(planned) : [], row.result),
    topic: row.topic ? wordOf(planned?.topics ?? [], row.topic) : null,
    answers: row.answers,
    note: row.note,
    photos: row.photos,
    attendance: row.attendance,
  }
}

export async function membersOf(tx: Tx, id: string): Promise<Member[]> {
  const { rows } = await sql<{
    id: string
    family_id: string | null
    name: string
    joined_on: string
    left_on: string | null
    present: number
    meetings: number
  }>`
    select m.id, m.family_id, m.name, m.joined_on, m.left_on, count(*) filter (where a.present)::int as present, count(a.member_id)::int as meetings
    from service_member m left join service_attendance a on a.case_id = m.case_id and a.member_id = m.id
    where m.case_id = ${id} group by m.case_id, m.id order by m.left_on is not null, m.name, m.id`.execute(tx)
  return rows.map((row) => ({
    id: row.id,
    familyId: row.family_id,
    name: row.name,
    joinedOn: row.joined_on,
    leftOn: row.left_on,
    present: row.present,
    meetings: row.meetings,
  }))
}

async function eventsOf(tx: Tx, id: string): Promise<CaseEvent[]> {
  const rows = await tx.selectFrom('service_event').selectAll().where('case_id', '=', id).orderBy('seq').execute()
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at.toISOString(),
    kind: row.kind,
    byName: row.by_name,
    byRole: row.by_role,
    detail: row.detail as Record<string, unknown>,
    body: row.body,
  }))
}

/** Opens the family of a case for the work on it, with a reason; what was found can be read afterwards. */
export async function openCase(tx: Tx, actor: Actor, id: string, reason: string): Promise<void> {
  const row = await getCase(tx, id)
  if (!holds(actor, factsOf(row))) throw forbidden('service.open')
  if (!row.family_id || !inSocialOffice(actor)) return
  await openFamily(tx, actor, { familyId: row.family_id, reason, work: 'service', workRef: row.number })
}
