import { sql } from 'kysely'
import { addWorkingDays, localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { emit } from '#src/platform/events/index.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { calendarFor, regionZone } from '#src/regions/index.ts'
import { type Act, possible, type State } from './machine.ts'
import { plansOf, type Plan } from './plans.ts'
import { authorize, type CaseFacts } from './policy.ts'

export type CaseRow = {
  id: string
  number: string
  programme_code: string
  plan_from: string
  unit: 'person' | 'family' | 'group'
  family_id: string | null
  person_id: string | null
  region_code: string
  office_id: string
  confidential: boolean
  state: State
  worker_id: string | null
  helpers: string[]
  complaint_number: string | null
  opened_by: string
  opened_on: string
  started_on: string | null
  closed_on: string | null
  outcome: string | null
  next_due: string | null
  next_code: string | null
  steps_planned: number
  steps_done: number
  last_step: number
  last_seq: number
  version: number
}
export type StepRow = {
  case_id: string
  seq: number
  code: string
  phase: 'application' | 'assessment' | 'plan' | 'steps' | 'outcome'
  required: boolean
  due_on: string | null
  planned_on: string | null
  assignee_id: string | null
  done_on: string | null
  met: boolean | null
  record_id: string | null
  dropped_at: Date | null
}

export const factsOf = (row: CaseRow): CaseFacts => ({
  state: row.state,
  unit: row.unit,
  regionCode: row.region_code,
  officeId: row.office_id,
  workerId: row.worker_id,
  openedBy: row.opened_by,
  helpers: row.helpers,
})

/** A case at work: locked, with its plan, its steps, the day it is where it is carried out, and how its plan counts days from one. */
export type Held = { row: CaseRow; plan: Plan; steps: StepRow[]; today: string; later: Later }
export type Later = (day: string, days: number) => string

export async function getCase(tx: Tx, id: string, lock = false): Promise<CaseRow> {
  const { rows } =
    await sql<CaseRow>`select * from service_case where id = ${id} ${lock ? sql`for update` : sql``}`.execute(tx)
  if (!rows[0]) throw notFound('service')
  return rows[0]
}

export const stepsOf = async (tx: Tx, id: string): Promise<StepRow[]> =>
  (await sql<StepRow>`select * from service_step where case_id = ${id} order by seq`.execute(tx)).rows

/** Holds a case for an act: who may not do it, or when it cannot be done, is told so. */
export async function hold(tx: Tx, actor: Actor, id: string, act: Act): Promise<Held> {
  const row = await getCase(tx, id, true)
  authorize(actor, act, factsOf(row))
  if (!possible[act].includes(row.state)) throw conflict('service_not_now')
  const plan = (await plansOf(tx, [row]))(row)
  return {
    row,
    plan,
    steps: await stepsOf(tx, id),
    today: localDay(actor.at, await regionZone(tx, row.region_code)),
    later: await laterBy(tx, plan, row.region_code),
  }
}

export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** How a plan counts: days of the calendar, or working days of the place. */
export async function laterBy(tx: Tx, { definition }: Plan, regionCode: string): Promise<Later> {
  if (definition.days !== 'working') return dayAfter
  const calendar = await calendarFor(tx, regionCode)
  return (day, days) => addWorkingDays(day, days, calendar)
}

type NewStep = Pick<StepRow, 'code' | 'phase' | 'required' | 'due_on' | 'assignee_id'>

/** Adds steps that are to be done; their numbers go on without a gap. */
export async function addSteps(tx: Tx, held: Held, given: readonly NewStep[]): Promise<StepRow[]> {
  const rows = given.map((one, at) => ({
    case_id: held.row.id,
    seq: held.row.last_step + at + 1,
    ...one,
    planned_on: one.due_on,
  }))
  if (rows.length === 0) return []
  await tx.insertInto('service_step').values(rows).execute()
  held.row.last_step += rows.length
  const added = rows.map((one) => ({ ...one, done_on: null, met: null, record_id: null, dropped_at: null }))
  held.steps.push(...added)
  return added
}

/** The steps of a phase that begins today, once each. */
export const begunBy = ({ plan, today, later, row }: Held, phase: StepRow['phase']): NewStep[] =>
  plan.definition.steps
    .filter((one) => one.phase === phase)
    .map((one) => ({
      code: one.code,
      phase: one.phase,
      required: one.required,
      due_on: later(today, one.after ?? 7),
      assignee_id: row.worker_id,
    }))

type Told = {
  kind:
    | 'applied'
    | 'assessed'
    | 'planned'
    | 'recorded'
    | 'moved'
    | 'given'
    | 'member_joined'
    | 'member_left'
    | 'finished'
    | 'stopped'
    | 'rejected'
  detail?: Record<string, string | number | boolean | null>
  body?: string | undefined
}

/** Writes the case as it stands after an act, with the story of it, and tells open pages. */
export async function settle(
  tx: Tx,
  actor: Actor,
  held: Held,
  told: Told,
  set: Partial<Pick<CaseRow, 'state' | 'started_on' | 'closed_on' | 'outcome' | 'helpers'>> = {},
): Promise<void> {
  const { row, steps } = held
  const open = steps
    .filter((one) => one.done_on === null && one.dropped_at === null)
    .sort((a, b) => (a.due_on ?? '9999').localeCompare(b.due_on ?? '9999') || a.seq - b.seq)
  const next = set.closed_on ? undefined : open[0]
  const seq = row.last_seq + 1
  const helpers = [
    ...new Set(
      [...(set.helpers ?? row.helpers), ...open.map((one) => one.assignee_id)].filter(
        (one): one is string => one !== null && one !== row.worker_id,
      ),
    ),
  ]
  const now = {
    ...set,
    helpers,
    next_due: next?.due_on ?? null,
    next_code: next?.code ?? null,
    steps_planned: steps.filter((one) => one.dropped_at === null).length,
    steps_done: steps.filter((one) => one.met === true).length,
    last_step: row.last_step,
    last_seq: seq,
    version: row.version + 1,
  }
  await tx
    .insertInto('service_event')
    .values({
      case_id: row.id,
      seq,
      kind: told.kind,
      by_account: actor.accountId,
      by_role: actor.role,
      by_name: actor.name,
      detail: JSON.stringify(told.detail ?? {}),
      body: told.body ?? null,
    })
    .execute()
  await tx
    .updateTable('service_case')
    .set({
      ...now,
      changed_at: sql<Date>`acting_now()`,
      ...(set.closed_on && { closed_at: sql<Date>`acting_now()`, closed_by: actor.accountId }),
    })
    .where('id', '=', row.id)
    .execute()
  Object.assign(row, now)
  await emit(tx, {
    kind: `service.${told.kind}`,
    subject: 'service',
    subjectId: row.id,
    regionCode: row.region_code,
    officeId: row.office_id,
  })
  if (row.worker_id && row.worker_id !== actor.accountId)
    await emit(tx, {
      kind: `service.${told.kind}`,
      subject: 'service',
      subjectId: row.id,
      regionCode: null,
      accountId: row.worker_id,
    })
}
