import { dueAt, subtractWorkingDays, type Pause, type WorkCalendar } from '#src/platform/calendar/index.ts'
import type { ClockKind, Class, Tier } from './schema.ts'

/**
 * Three clocks of a complaint, each counting by itself: a later one never overrules an earlier one. They are plain
 * values; casework loads them with the case, changes them here and writes back what changed.
 */
export type CaseClock = {
  kind: ClockKind
  round: number
  workingDays: number
  source: string
  startedAt: Date
  dueAt: Date | null
  pauses: Pause[]
  stoppedAt: Date | null
  stoppedBy: 'done' | 'closed' | 'joined' | 'withdrawn' | 'replaced' | null
  overdueAt: Date | null
}

export type TermKey =
  | 'first_response'
  | 'settlement'
  | 'verification'
  | 'remind_before'
  | 'referral_answer'
  | 'citizen_completes'
  | 'citizen_reacts'
export type Term = {
  key: string
  class: string | null
  valid_from: string
  days: number
  working_days: boolean
  source: string
}

/** The term in force on a day: the class's own before the general one, the latest that has begun. */
export function termOn(
  terms: readonly Term[],
  key: TermKey,
  kind: Class,
  day: string,
): { days: number; source: string } {
  let best: Term | undefined
  for (const term of terms) {
    if (term.key !== key || term.valid_from > day || (term.class !== null && term.class !== kind)) continue
    if (!best || rank(term) > rank(best)) best = term
  }
  if (!best) throw new Error(`no term ${key} for ${kind} on ${day}`)
  return { days: best.days, source: best.source }
}
const rank = (term: Term) => `${term.class === null ? 0 : 1}${term.valid_from}`

const isRunning = (clock: CaseClock) => clock.stoppedAt === null
const recompute = (clock: CaseClock, calendar: WorkCalendar): CaseClock => ({
  ...clock,
  dueAt: dueAt({ startedAt: clock.startedAt, workingDays: clock.workingDays, pauses: clock.pauses, calendar }),
})

/** Starts a clock; a further round when the kind ran before. `asOf` carries on an earlier count (start and pauses). */
export function start(
  clocks: readonly CaseClock[],
  kind: ClockKind,
  term: { days: number; source: string },
  at: Date,
  calendar: WorkCalendar,
  asOf?: { startedAt: Date; pauses: Pause[] },
): CaseClock[] {
  const round = Math.max(0, ...clocks.filter((clock) => clock.kind === kind).map((clock) => clock.round)) + 1
  const clock: CaseClock = {
    kind,
    round,
    workingDays: term.days,
    source: term.source,
    startedAt: asOf?.startedAt ?? at,
    dueAt: null,
    pauses: asOf?.pauses ?? [],
    stoppedAt: null,
    stoppedBy: null,
    overdueAt: null,
  }
  // Two clocks of one kind never run beside each other.
  return [...stop(clocks, at, 'replaced', [kind]), recompute(clock, calendar)]
}

/** Stops the running clocks of these kinds (all kinds by default). A stopped clock keeps its deadline for the record. */
export const stop = (
  clocks: readonly CaseClock[],
  at: Date,
  by: NonNullable<CaseClock['stoppedBy']>,
  kinds?: readonly ClockKind[],
): CaseClock[] =>
  clocks.map((clock) =>
    isRunning(clock) && (!kinds || kinds.includes(clock.kind))
      ? {
          ...clock,
          stoppedAt: at,
          stoppedBy: by,
          pauses: clock.pauses.map((pause) => ({ from: pause.from, until: pause.until ?? at })),
        }
      : clock,
  )

/** The citizen has to complete the file: running clocks stand still. Pausing twice is one pause. */
export const pause = (clocks: readonly CaseClock[], at: Date, calendar: WorkCalendar): CaseClock[] =>
  clocks.map((clock) =>
    isRunning(clock) && !clock.pauses.some((one) => one.until === null)
      ? recompute({ ...clock, pauses: [...clock.pauses, { from: at, until: null }] }, calendar)
      : clock,
  )

export const resume = (clocks: readonly CaseClock[], at: Date, calendar: WorkCalendar): CaseClock[] =>
  clocks.map((clock) =>
    isRunning(clock) && clock.pauses.some((one) => one.until === null)
      ? recompute(
          { ...clock, pauses: clock.pauses.map((one) => ({ from: one.from, until: one.until ?? at })) },
          calendar,
        )
      : clock,
  )

/**
 * A case comes back to life as if it had only been put aside (separated from another, an answer returned): the clock
 * of the kind that was stopped last goes on in a new round, and the time between counts for nobody.
 */
export function goOn(clocks: readonly CaseClock[], kind: ClockKind, at: Date, calendar: WorkCalendar): CaseClock[] {
  const last = clocks.filter((clock) => clock.kind === kind).sort((a, b) => b.round - a.round)[0]
  if (!last?.stoppedAt) return [...clocks]
  const pauses = [...last.pauses, { from: last.stoppedAt, until: at }]
  return start(clocks, kind, { days: last.workingDays, source: last.source }, at, calendar, {
    startedAt: last.startedAt,
    pauses,
  })
}

/** Marks running clocks whose deadline has passed. */
export const markOverdue = (clocks: readonly CaseClock[], now: Date): CaseClock[] =>
  clocks.map((clock) =>
    isRunning(clock) && clock.dueAt && clock.dueAt <= now && !clock.overdueAt ? { ...clock, overdueAt: now } : clock,
  )

/** Everything again after the calendar was edited. What stopped keeps the deadline it had. */
export const recount = (clocks: readonly CaseClock[], calendar: WorkCalendar): CaseClock[] =>
  clocks.map((clock) => {
    if (!isRunning(clock)) return clock
    const again = recompute(clock, calendar)
    return again.dueAt?.getTime() === clock.dueAt?.getTime() ? clock : again
  })

/** What the complaint itself carries about its clocks, so that lists never compute. */
export type DueFields = {
  due_at: Date | null
  due_clock: ClockKind | null
  remind_at: Date | null
  climbs_at: Date | null
  overdue: boolean
}

export function dueFields(
  clocks: readonly CaseClock[],
  at: Date,
  calendar: WorkCalendar,
  terms: { remindBefore: number; climbAfter: number },
  tier: Tier,
  before: { climbs_at: Date | null },
): DueFields {
  const running = clocks
    .filter((clock) => isRunning(clock) && clock.dueAt)
    .sort((a, b) => Number(a.dueAt) - Number(b.dueAt))
  const first = running[0]
  if (!first?.dueAt) return { due_at: null, due_clock: null, remind_at: null, climbs_at: null, overdue: false }
  const overdue = running.some((clock) => clock.overdueAt)
  const remind = subtractWorkingDays(first.dueAt, terms.remindBefore, calendar)
  // An overdue case climbs again some working days after each climb, until somebody answers or the top is reached.
  const climbs = overdue
    ? before.climbs_at && before.climbs_at > at
      ? before.climbs_at
      : dueAt({ startedAt: at, workingDays: terms.climbAfter, pauses: [], calendar })
    : first.dueAt
  return {
    due_at: first.dueAt,
    due_clock: first.kind,
    remind_at: remind > at ? remind : null,
    climbs_at: tier === 'nation' && overdue ? null : climbs,
    overdue,
  }
}
