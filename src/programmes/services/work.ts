import { sql } from 'kysely'
import { checkAnswers, registerTerm } from '#src/people/register/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound, type FieldError } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import { formOf } from './apply.ts'
import { addSteps, begunBy, dayAfter, factsOf, getCase, type Held, hold, settle, type StepRow } from './cases.ts'
import type { PlanStep, StepResult } from './definition.ts'
import { resultsOf } from './step-results.ts'
import { afterRecord, mayRecordPhase, missingOf } from './machine.ts'
import { stepOf } from './plans.ts'
import { mayRecordStep } from './policy.ts'
import type { AssessAct, PlanAct, Recorded, StepReport } from './schema.ts'
import { requireWorker } from './workers.ts'

/** Days ahead nothing is planned beyond: a slip of the hand, and dates the calendar cannot count on from. */
const FARTHEST = 3650

/** Records an assessment; when all that must be assessed is, the case can be planned. */
export async function assess(tx: Tx, actor: Actor, id: string, { code, ...report }: AssessAct): Promise<Recorded> {
  const held = await hold(tx, actor, id, 'assess')
  const again = held.steps.find((one) => one.record_id === report.id)
  if (again) return { id: report.id, seq: again.seq, state: held.row.state, repeated: true, again: null }
  const step = stepOf(held.plan, code)
  if (step?.phase !== 'assessment') throw invalid({ field: 'code', code: 'unknown' })
  let open = held.steps.find((one) => one.code === code && one.done_on === null && one.dropped_at === null)
  if (!open) {
    const again = begunBy(held, 'assessment').filter((one) => one.code === code)
    open = (await addSteps(tx, held, again))[0]
  }
  if (!open) throw invalid({ field: 'code', code: 'unknown' })
  return record(tx, actor, held, open, report)
}

/** Records what came of a step. Sent twice (a line that broke) it is one report. The first of the work begins it. */
export async function recordStep(tx: Tx, actor: Actor, id: string, seq: number, report: StepReport): Promise<Recorded> {
  const before = await getCase(tx, id, true)
  const known = await sql<{ seq: number }>`
    select seq from service_step where case_id = ${id} and record_id = ${report.id}`.execute(tx)
  if (known.rows[0]) return { id: report.id, seq: known.rows[0].seq, state: before.state, repeated: true, again: null }
  const held = await hold(tx, actor, id, before.state === 'applied' ? 'assess' : 'record')
  const step = held.steps.find((one) => one.seq === seq)
  if (!step) throw notFound('service_step')
  return record(tx, actor, held, step, report)
}

async function record(tx: Tx, actor: Actor, held: Held, step: StepRow, report: StepReport): Promise<Recorded> {
  const { row, plan } = held
  const planned = stepOf(plan, step.code)
  if (!planned) throw notFound('service_step')
  if (!mayRecordStep(actor, factsOf(row), planned, step.assignee_id)) throw forbidden('service.record')
  if (step.done_on !== null) throw conflict('service_step_done')
  if (step.dropped_at !== null || !mayRecordPhase(row.state, step.phase)) throw conflict('service_not_now')
  const result = resultsOf(planned).find((one) => one.code === report.result)
  if (!result) throw invalid({ field: 'result', code: 'unknown' })
  const doneOn = await checkReport(tx, held, planned, result, report)

  const started = row.state === 'planned' && step.phase === 'steps'
  if (started)
    await tx
      .updateTable('service_case')
      .set({ state: 'running', started_on: doneOn })
      .where('id', '=', row.id)
      .execute()
  const taken = await sql`
    update service_step set done_on = ${doneOn}::date, done_at = acting_now(), met = ${result.met}, done_by = ${actor.accountId}, record_id = ${report.id}
    where case_id = ${row.id} and seq = ${step.seq} and not exists (select from service_step s where s.record_id = ${report.id})`.execute(
    tx,
  )
  if (!taken.numAffectedRows) throw conflict('service_step_done')
  Object.assign(step, { done_on: doneOn, met: result.met, record_id: report.id })
  await keep(tx, actor, held, step, report)
  const again = await followUp(tx, actor, held, planned, step, result, doneOn)
  const state = started ? 'running' : afterRecord(row.state, step.phase, plan.definition, held.steps)
  if (row.state === 'applied' && state === 'assessed') await addSteps(tx, held, begunBy(held, 'plan'))
  await settle(
    tx,
    actor,
    held,
    {
      kind: state === 'assessed' && row.state === 'applied' ? 'assessed' : 'recorded',
      detail: { code: step.code, seq: step.seq, met: result.met },
    },
    { state, ...(started && { started_on: doneOn }) },
  )
  return { id: report.id, seq: step.seq, state, repeated: false, again }
}

/** What is wrong with a report is told at its field. Returns the day it was done. */
async function checkReport(
  tx: Tx,
  { row, today }: Held,
  planned: PlanStep,
  result: StepResult,
  report: StepReport,
): Promise<string> {
  const doneOn = report.doneOn ?? today
  const { amount } = await registerTerm(tx, 'service_back', today)
  const faults: FieldError[] = []
  if (doneOn > today) faults.push({ field: 'doneOn', code: 'future' })
  else if (doneOn < row.opened_on || doneOn < dayAfter(today, -amount))
    faults.push({ field: 'doneOn', code: 'service_too_early' })
  if (report.topic && !planned.topics?.some((one) => one.code === report.topic))
    faults.push({ field: 'topic', code: 'unknown' })
  if (planned.topics && result.met && !report.topic) faults.push({ field: 'topic', code: 'required' })
  const came = report.attendance ?? []
  if (came.length > 0 && !planned.group) faults.push({ field: 'attendance', code: 'service_no_group' })
  if (new Set(came.map((one) => one.memberId)).size !== came.length)
    faults.push({ field: 'attendance', code: 'uniqueItems' })
  if (planned.group && result.met) {
    const members = await tx
      .selectFrom('service_member')
      .select('id')
      .where('case_id', '=', row.id)
      .where('left_on', 'is', null)
      .execute()
    const known = new Set(members.map((one) => one.id))
    if (came.some((one) => !known.has(one.memberId))) faults.push({ field: 'attendance', code: 'unknown' })
    else if (came.length === 0 && known.size > 0) faults.push({ field: 'attendance', code: 'required' })
  } else if (came.length > 0 && planned.group) faults.push({ field: 'attendance', code: 'service_nobody_met' })
  if (faults.length > 0) throw invalid(...faults)
  const form = formOf(planned.form)
  if (form && result.met) checkAnswers(form, report.answers ?? {}, 'answers', true)
  else checkAnswers(form, report.answers ?? {}, 'answers')
  return doneOn
}

async function keep(tx: Tx, actor: Actor, { row }: Held, step: StepRow, report: StepReport): Promise<void> {
  await tx
    .insertInto('service_record')
    .values({
      case_id: row.id,
      seq: step.seq,
      result: report.result,
      topic: report.topic ?? null,
      answers: JSON.stringify(report.answers ?? {}),
      note: cleanText(report.note ?? '') || null,
      lat: report.point?.lat ?? null,
      lon: report.point?.lon ?? null,
      accuracy: report.point?.accuracy ?? null,
      recorded_by: actor.accountId,
      recorded_role: actor.role,
    })
    .execute()
  if (report.point)
    await tx
      .updateTable('service_person')
      .set({ lat: report.point.lat, lon: report.point.lon })
      .where('case_id', '=', row.id)
      .execute()
  if (report.attendance?.length)
    await tx
      .insertInto('service_attendance')
      .values(
        report.attendance.map((one) => ({
          case_id: row.id,
          seq: step.seq,
          member_id: one.memberId,
          present: one.present,
          note: cleanLine(one.note ?? '') || null,
        })),
      )
      .execute()
}

/** What was tried in vain is due again, and so is what is repeated until the case ends. */
async function followUp(
  tx: Tx,
  actor: Actor,
  held: Held,
  planned: PlanStep,
  step: StepRow,
  result: StepResult,
  doneOn: string,
): Promise<string | null> {
  const endless = planned.every !== undefined && planned.times === undefined
  const others = held.steps.some((one) => one.code === step.code && one.done_on === null && one.dropped_at === null)
  if (result.met && (!endless || others)) return null
  const from = doneOn > held.today ? held.today : doneOn
  const due = result.met
    ? dayAfter(from, planned.every ?? 30)
    : held.later(from, result.again ?? (await registerTerm(tx, 'service_again', held.today)).amount)
  const dueOn = due < held.today ? held.today : due
  await addSteps(tx, held, [
    {
      code: step.code,
      phase: step.phase,
      required: step.required,
      due_on: dueOn,
      assignee_id: step.assignee_id ?? held.row.worker_id ?? actor.accountId,
    },
  ])
  return dueOn
}

/**
 * Plans the work: which steps, when, by whom. The first plan holds every required step of the work (what is not named gets the day the
 * plan of the programme says); later ones add to it.
 */
export async function planSteps(tx: Tx, actor: Actor, id: string, given: PlanAct): Promise<void> {
  const held = await hold(tx, actor, id, 'plan')
  const { row, plan, today } = held
  const left = missingOf(plan.definition, 'plan', held.steps)
  if (row.state === 'assessed' && left.length > 0) throw conflict('service_plan_first')
  const faults: FieldError[] = []
  for (const [at, one] of given.steps.entries()) {
    const step = stepOf(plan, one.code)
    if (!step || (step.phase !== 'steps' && step.phase !== 'outcome'))
      faults.push({ field: `steps.${at}.code`, code: 'unknown' })
    if (one.dueOn < today) faults.push({ field: `steps.${at}.dueOn`, code: 'past' })
    if (one.dueOn > dayAfter(today, FARTHEST)) faults.push({ field: `steps.${at}.dueOn`, code: 'service_too_far' })
    if (given.steps.findIndex((other) => other.code === one.code) !== at)
      faults.push({ field: `steps.${at}.code`, code: 'uniqueItems' })
  }
  if (faults.length > 0) throw invalid(...faults)
  for (const [at, one] of given.steps.entries())
    if (one.assigneeId && one.assigneeId !== row.worker_id)
      await requireWorker(tx, row.office_id, row.region_code, one.assigneeId, `steps.${at}.assigneeId`)
  const chosen: PlanAct['steps'] = [...given.steps]
  if (row.state === 'assessed')
    for (const step of plan.definition.steps)
      if (
        (step.phase === 'steps' || step.phase === 'outcome') &&
        step.required &&
        !chosen.some((one) => one.code === step.code)
      )
        chosen.push({ code: step.code, dueOn: held.later(today, step.after ?? 7) })
  await addSteps(
    tx,
    held,
    chosen.flatMap((one) => {
      const step = stepOf(plan, one.code)
      if (!step) return []
      const times = one.times ?? step.times ?? 1
      return Array.from({ length: step.every === undefined ? 1 : times }, (_, at) => ({
        code: step.code,
        phase: step.phase,
        required: step.required,
        due_on: dayAfter(one.dueOn, at * (step.every ?? 0)),
        assignee_id: one.assigneeId ?? row.worker_id ?? actor.accountId,
      }))
    }),
  )
  await settle(
    tx,
    actor,
    held,
    { kind: 'planned', detail: { steps: chosen.length }, body: cleanText(given.note ?? '') || undefined },
    row.state === 'assessed' ? { state: 'planned' } : {},
  )
}

/** Moves what is due to another day, with a reason. */
export async function moveStep(
  tx: Tx,
  actor: Actor,
  id: string,
  seq: number,
  { dueOn, reason }: { dueOn: string; reason: string },
): Promise<void> {
  const held = await hold(tx, actor, id, 'move')
  const step = held.steps.find((one) => one.seq === seq)
  const planned = step && stepOf(held.plan, step.code)
  if (!step || !planned) throw notFound('service_step')
  if (!mayRecordStep(actor, factsOf(held.row), planned, step.assignee_id)) throw forbidden('service.move')
  if (step.done_on !== null) throw conflict('service_step_done')
  if (step.dropped_at !== null) throw conflict('service_not_now')
  if (dueOn < held.today) throw invalid({ field: 'dueOn', code: 'past' })
  if (dueOn > dayAfter(held.today, FARTHEST)) throw invalid({ field: 'dueOn', code: 'service_too_far' })
  const said = cleanText(reason)
  if (said.length < 5) throw invalid({ field: 'reason', code: 'minLength', params: { limit: 5 } })
  const from = step.due_on
  if (from === dueOn) return
  await sql`update service_step set due_on = ${dueOn}::date where case_id = ${id} and seq = ${seq}`.execute(tx)
  step.due_on = dueOn
  await settle(tx, actor, held, { kind: 'moved', detail: { code: step.code, seq, from, to: dueOn }, body: said })
}
