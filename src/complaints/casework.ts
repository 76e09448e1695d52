import { sql } from 'kysely'
import { workingDaysBetween } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import { factsOf, holdCase, saveCase, step, whoIs, dayAt, type Held } from './case.ts'
import { goOn, pause, start, stop } from './clocks.ts'
import { authorize } from './policy.ts'
import { addCalendarDays } from './lapsing.ts'
import type { Act, Class } from './schema.ts'

/** Takes the case for an act the policy allows. */
export async function take(tx: Tx, actor: Actor, id: string, act: Act, version?: number): Promise<Held> {
  const held = await holdCase(tx, whoIs(actor), id, version)
  authorize(actor, act, factsOf(held))
  return held
}

/** Words as stored; an error on the field when nothing is left of them. */
export function words(text: string, field = 'body'): string {
  const clean = cleanText(text)
  if (clean.length === 0) throw invalid({ field, code: 'required' })
  return clean
}

/** The complaint is complete and belongs here: DITERIMA → TERVERIFIKASI. */
export async function verify(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'verify', version)
  const who = whoIs(actor)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'verify'), assignee_id: held.row.assignee_id ?? actor.accountId },
    [{ kind: 'verified', public: true }],
    stop(held.clocks, who.at, 'done', ['first_response']),
  )
}

/** Something is missing; the clocks stand still until the citizen answers, or lapses. */
export async function askCompletion(tx: Tx, actor: Actor, id: string, body: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'ask_completion', version)
  const who = whoIs(actor)
  const clocks = pause(stop(held.clocks, who.at, 'done', ['first_response']), who.at, held.calendar)
  const lapses = addCalendarDays(who.at, held.term('citizen_completes').days, held.calendar)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'ask_completion'), lapses_at: lapses },
    [{ kind: 'completion_asked', public: true, body: words(body) }],
    clocks,
  )
}

/** Gives the case to somebody of the office, or takes it from whoever has it. */
export async function assign(
  tx: Tx,
  actor: Actor,
  id: string,
  assigneeId: string | null,
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, 'assign', version)
  const state = step(held, 'assign')
  if (assigneeId === held.row.assignee_id) return
  const name = assigneeId ? await staffName(tx, held.row.office_id, assigneeId) : null
  await saveCase(
    tx,
    whoIs(actor),
    held,
    { state: state === 'verified' && assigneeId ? 'in_progress' : state, assignee_id: assigneeId },
    [{ kind: 'assigned', public: false, data: { assigneeId, assigneeName: name } }],
  )
}

async function staffName(tx: Tx, officeId: string, accountId: string): Promise<string> {
  const { rows } = await staffOf(tx, officeId)
  const person = rows.find((one) => one.account_id === accountId)
  if (!person) throw invalid({ field: 'assigneeId', code: 'unknown' })
  return person.name
}

/** The answer the citizen reads. The settlement clock stops; another person now verifies it; the citizen may object. */
export async function answer(tx: Tx, actor: Actor, id: string, body: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'answer', version)
  await giveAnswer(tx, actor, held, body, actor.accountId)
}

/** As `answer`, once it is decided that it may be given: by the officer, or by whoever approved a recommendation. */
export async function giveAnswer(tx: Tx, actor: Actor, held: Held, body: string, answeredBy: string): Promise<void> {
  const who = whoIs(actor)
  const state = step(held, 'answer')
  let clocks = stop(held.clocks, who.at, 'done', ['first_response', 'settlement'])
  clocks = start(clocks, 'verification', held.term('verification'), who.at, held.calendar)
  await saveCase(
    tx,
    who,
    held,
    {
      state,
      answered_at: who.at,
      answered_by: answeredBy,
      answered_tier: held.row.office_tier,
      verified_by: null,
      settled_at: who.at,
      settled_days: daysTaken(held, who.at),
      lapses_at: addCalendarDays(who.at, held.term('citizen_reacts').days, held.calendar),
      satisfied: null,
    },
    [{ kind: 'answered', public: true, body: words(body) }],
    clocks,
  )
}

/** Working days from filing to settlement, days the clock stood still not counted. */
export function daysTaken(held: Held, at: Date): number {
  const pauses = held.clocks.filter((clock) => clock.kind === 'settlement').flatMap((clock) => clock.pauses)
  const whole = workingDaysBetween(held.row.filed_on, dayAt(held, at), held.calendar)
  const idle = pauses.reduce(
    (sum, one) => sum + workingDaysBetween(dayAt(held, one.from), dayAt(held, one.until ?? at), held.calendar),
    0,
  )
  return Math.max(0, whole - idle)
}

/** Another pair of eyes has read the answer and finds it right. */
export async function verifyAnswer(tx: Tx, actor: Actor, id: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'verify_answer', version)
  const who = whoIs(actor)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'verify_answer'), verified_by: actor.accountId },
    [{ kind: 'answer_verified', public: false }],
    stop(held.clocks, who.at, 'done', ['verification']),
  )
}

/** The answer was not good enough: work goes on, on the clock that was running before. */
export async function returnAnswer(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'return_answer', version)
  const who = whoIs(actor)
  const clocks = goOn(stop(held.clocks, who.at, 'replaced', ['verification']), 'settlement', who.at, held.calendar)
  await saveCase(
    tx,
    who,
    held,
    {
      state: step(held, 'return_answer'),
      answered_at: null,
      answered_by: null,
      answered_tier: null,
      settled_at: null,
      settled_days: null,
      lapses_at: null,
    },
    [{ kind: 'answer_returned', public: true, body: words(reason, 'reason') }],
    clocks,
  )
}

/** Not for us, not true, not a complaint: told with a reason. The citizen may still object. */
export async function reject(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'reject', version)
  await giveRejection(tx, actor, held, reason)
}

export async function giveRejection(tx: Tx, actor: Actor, held: Held, reason: string): Promise<void> {
  const who = whoIs(actor)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'reject'), settled_at: who.at, settled_days: daysTaken(held, who.at), lapses_at: null },
    [{ kind: 'rejected', public: true, body: words(reason, 'reason') }],
    stop(held.clocks, who.at, 'closed'),
  )
}

/** The citizen said by telephone or in person that it is settled. */
export async function close(tx: Tx, actor: Actor, id: string, reason: string, version?: number): Promise<void> {
  const held = await take(tx, actor, id, 'close', version)
  const who = whoIs(actor)
  await saveCase(
    tx,
    who,
    held,
    { state: step(held, 'close'), lapses_at: null },
    [{ kind: 'closed', public: true, body: words(reason, 'reason') }],
    stop(held.clocks, who.at, 'closed'),
  )
}

/** For colleagues only. */
export async function note(tx: Tx, actor: Actor, id: string, body: string): Promise<void> {
  const held = await take(tx, actor, id, 'note')
  await saveCase(tx, whoIs(actor), held, {}, [{ kind: 'noted', public: false, body: words(body) }])
}

/** For the citizen, without changing where the case stands. A pillar speaks for the citizen they filed for. */
export async function reply(tx: Tx, actor: Actor, id: string, body: string): Promise<void> {
  const held = await take(tx, actor, id, 'reply')
  step(held, 'reply')
  const kind = actor.role === 'pillar' ? 'citizen_replied' : 'replied'
  await saveCase(tx, whoIs(actor), held, {}, [{ kind, public: true, body: words(body) }])
}

/** Another class has other deadlines: the running settlement clock is replaced by one of the new class from the same start. */
export async function reclassify(
  tx: Tx,
  actor: Actor,
  id: string,
  to: { class: Class; matter: string; programmeCode: string | null; reason: string },
  version?: number,
): Promise<void> {
  const held = await take(tx, actor, id, 'reclassify', version)
  const who = whoIs(actor)
  step(held, 'reclassify')
  if (held.row.class === to.class && held.row.matter === to.matter && held.row.programme_code === to.programmeCode)
    throw conflict('nothing_changed')
  const known = await tx.selectFrom('complaint_matter').select('code').where('code', '=', to.matter).executeTakeFirst()
  if (!known) throw invalid({ field: 'matter', code: 'unknown' })
  const before = { class: held.row.class, matter: held.row.matter, programmeCode: held.row.programme_code }
  let clocks = held.clocks
  const running = clocks.find((clock) => clock.kind === 'settlement' && clock.stoppedAt === null)
  if (to.class !== held.row.class && running) {
    held.row = { ...held.row, class: to.class }
    const stopped = stop(clocks, who.at, 'replaced', ['settlement'])
    clocks = start(stopped, 'settlement', held.termFor(to.class, 'settlement'), who.at, held.calendar, {
      startedAt: running.startedAt,
      pauses: running.pauses,
    })
  }
  await saveCase(
    tx,
    who,
    held,
    { class: to.class, matter: to.matter, programme_code: to.programmeCode },
    [{ kind: 'reclassified', public: true, body: words(to.reason, 'reason'), data: { before } }],
    clocks,
  )
}

/** People who can be given work in an office. */
export const staffOf = (tx: Tx, officeId: string) =>
  sql<{
    account_id: string
    name: string
    role: string
  }>`select account_id, name, role from office_staff(${officeId})`.execute(tx)
