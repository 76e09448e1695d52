import { sql } from 'kysely'
import { registerTerm } from '#src/people/register/index.ts'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { regionZone } from '#src/regions/index.ts'
import { factsOf, type CaseRow } from './cases.ts'
import { resultsOf } from './step-results.ts'
import { aboutOf, presentAbout } from './list.ts'
import { mayRecordPhase } from './machine.ts'
import { plansOf, stepOf, wordOf } from './plans.ts'
import { mayRecordStep } from './policy.ts'
import type { StepPage, StepTask, WorkDay } from './schema.ts'

type TaskRow = CaseRow & {
  seq: number
  code: string
  phase: 'application' | 'assessment' | 'plan' | 'steps' | 'outcome'
  due_on: string | null
  days_left: number | null
  assignee_id: string | null
  done_on: string | null
  dropped: boolean
  region_name: string
  region_lat: number | null
  region_lon: number | null
}
const taskColumns = sql`c.*, s.seq, s.code, s.phase, s.due_on, s.due_on - (acting_now() at time zone r.time_zone)::date as days_left, s.assignee_id,
  s.done_on, s.dropped_at is not null as dropped, r.name as region_name, r.lat as region_lat, r.lon as region_lon`
const tables = sql`service_step s join service_case c on c.id = s.case_id join region r on r.code = c.region_code`

async function presentTasks(tx: Tx, rows: readonly TaskRow[]): Promise<StepTask[]> {
  const planOf = await plansOf(tx, rows)
  const about = await aboutOf(tx, [...new Set(rows.map((row) => row.id))])
  return rows.map((row) => {
    const plan = planOf(row)
    const step = stepOf(plan, row.code)
    const person = about.get(row.id)
    const exact = person?.lat !== null && person?.lat !== undefined
    return {
      caseId: row.id,
      seq: row.seq,
      number: row.number,
      programme: plan.name,
      about: presentAbout(person),
      region: { code: row.region_code, name: row.region_name },
      step: {
        ...wordOf(plan.definition.steps, row.code),
        kind: step?.kind ?? 'other',
        group: step?.group === true,
      },
      dueOn: row.due_on,
      daysLeft: row.days_left,
      lat: exact ? person.lat : row.region_lat,
      lon: exact ? person.lon : row.region_lon,
      exact,
    }
  })
}

/** What somebody has to do: overdue, today, and in the days to come; and the groups they lead. */
export async function workDay(tx: Tx, actor: Actor): Promise<WorkDay> {
  const most = 100
  const today = localDay(actor.at, await regionZone(tx, actor.regionCode))
  const { amount: soonDays } = await registerTerm(tx, 'service_soon', today)
  const { rows } = await sql<TaskRow>`
    select ${taskColumns} from ${tables}
    where s.assignee_id = actor_id() and s.done_at is null and s.dropped_at is null and c.closed_at is null
      and s.due_on <= (acting_now() at time zone r.time_zone)::date + ${soonDays}::int
      and (s.phase <> 'outcome' or c.state = 'running')
    order by s.due_on, c.number, s.seq limit ${most + 1}`.execute(tx)
  const tasks = await presentTasks(tx, rows.slice(0, most))
  const done = await sql<{ n: number }>`
    select count(*)::int as n from ${tables} where s.done_by = actor_id() and (s.done_at at time zone r.time_zone)::date = ${today}::date`.execute(
    tx,
  )
  const groups = await sql<CaseRow & { region_name: string }>`
    select c.*, r.name as region_name from service_case c join region r on r.code = c.region_code
    where c.unit = 'group' and c.closed_at is null and (c.worker_id = actor_id() or actor_id() = any (c.helpers)) order by c.number limit 50`.execute(
    tx,
  )
  const planOf = await plansOf(tx, groups.rows)
  const about = await aboutOf(
    tx,
    groups.rows.map((row) => row.id),
  )
  const left = (one: StepTask) => one.daysLeft ?? 0
  return {
    today,
    overdue: tasks.filter((one) => left(one) < 0),
    due: tasks.filter((one) => left(one) === 0),
    soon: tasks.filter((one) => left(one) > 0),
    soonDays,
    doneToday: done.rows[0]?.n ?? 0,
    groups: groups.rows.map((row) => ({
      id: row.id,
      name: about.get(row.id)?.name ?? null,
      programme: planOf(row).name,
      region: row.region_name,
    })),
    more: rows.length > most,
  }
}

/** One step with what its page needs to record it: what can come of it, its form, who belongs to the group. */
export async function readStep(tx: Tx, actor: Actor, caseId: string, seq: number): Promise<StepPage> {
  const { rows } = await sql<TaskRow>`
    select ${taskColumns} from ${tables} where s.case_id = ${caseId} and s.seq = ${seq}`.execute(tx)
  const row = rows[0]
  if (!row) throw notFound('service_step')
  const [task] = await presentTasks(tx, [row])
  const step = stepOf((await plansOf(tx, [row]))(row), row.code)
  if (!task || !step) throw notFound('service_step')
  const members = step.group
    ? await tx
        .selectFrom('service_member')
        .select(['id', 'name'])
        .where('case_id', '=', caseId)
        .where('left_on', 'is', null)
        .orderBy('name')
        .orderBy('id')
        .execute()
    : []
  const { rows: held } = await sql<{ topic: string }>`
    select distinct topic from service_record where case_id = ${caseId} and topic is not null`.execute(tx)
  const { count } = await tx
    .selectFrom('service_photo')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('case_id', '=', caseId)
    .where('seq', '=', seq)
    .executeTakeFirstOrThrow()
  const open = row.done_on === null && !row.dropped
  return {
    ...task,
    open,
    mayRecord:
      open && mayRecordPhase(row.state, row.phase) && mayRecordStep(actor, factsOf(row), step, row.assignee_id),
    results: resultsOf(step).map(({ code, name, nameEn, met }) => ({ code, name, nameEn, met })),
    topics: [...(step.topics ?? [])],
    nextTopic: step.topics?.find((one) => !held.some(({ topic }) => topic === one.code))?.code ?? null,
    form: step.form ?? null,
    members,
    photos: count,
  }
}
