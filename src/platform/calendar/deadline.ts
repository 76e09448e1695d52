import { instantMs, localDayNumber } from './days.ts'
import {
  type NotWorking,
  type WorkCalendar,
  beyond,
  closingMs,
  countWorking,
  endless,
  nextWorking,
  whyIdle,
  works,
} from './working-days.ts'

/** The clock stands still from `from` on, up to but not including `until`; null means it still does. */
export type Pause = { from: Date; until: Date | null }

export type Clock = {
  startedAt: Date
  /** How many working days are allowed; 0 means the day of receipt itself. */
  workingDays: number
  pauses: readonly Pause[]
  calendar: WorkCalendar
}

/** Told of every day after the day of receipt, in order, while a deadline is counted. */
export type DaySeen = (day: number, what: 'counted' | 'paused' | NotWorking) => void

export type Walk = { received: number; counted: number; due: number | null; openSince: number }

/**
 * The one loop behind `dueAt` and `explainDue`, so that a deadline and its explanation cannot differ.
 * Days are numbers (see days.ts), `openSince` is ms (Infinity without an open pause).
 */
export function walkClock({ startedAt, workingDays, pauses, calendar }: Clock, see?: DaySeen): Walk {
  if (!Number.isInteger(workingDays) || workingDays < 0) {
    throw new RangeError(`not a number of working days: ${workingDays}`)
  }
  const started = instantMs(startedAt)
  const filed = localDayNumber(started, calendar.zone)
  const received = takesIn(started, filed, calendar) ? filed : nextWorking(filed, 1, calendar)
  const closed: { from: number; until: number }[] = []
  let openSince = Infinity
  for (const pause of pauses) {
    const from = instantMs(pause.from)
    if (pause.until) closed.push({ from, until: instantMs(pause.until) })
    else openSince = Math.min(openSince, from)
  }
  let day = received
  let counted = 0
  while (counted < workingDays) {
    day++
    if (beyond(received, day)) throw endless()
    if (!works(day, calendar)) {
      if (see) see(day, whyIdle(day, calendar) ?? { kind: 'weekend' })
      continue
    }
    if (pauses.length > 0) {
      const closing = closingMs(day, calendar)
      if (closing >= openSince) return { received, counted, due: null, openSince }
      if (closed.some(({ from, until }) => closing >= from && closing < until)) {
        see?.(day, 'paused')
        continue
      }
    }
    counted++
    see?.(day, 'counted')
  }
  return { received, counted, due: day, openSince }
}

/** Whether what arrives at `ms` on day `filed` is received that same day. */
const takesIn = (ms: number, filed: number, calendar: WorkCalendar): boolean =>
  works(filed, calendar) && ms <= closingMs(filed, calendar)

/**
 * The deadline of a clock, by the rule in this folder's README: always the closing time of a working day. Null while
 * an open pause keeps the last day from being counted; a pause that begins after the deadline does not undo it.
 * A RangeError for invalid Dates, a number of days that is not whole, or a calendar that cannot count.
 */
export function dueAt(clock: Clock): Date | null {
  const { due } = walkClock(clock)
  return due === null ? null : new Date(closingMs(due, clock.calendar))
}

/**
 * Working days left, as people count them: 0 when the deadline is today and not over, n when n more working days have
 * to come up to and including the day of the deadline, negative when it is over (-1 from its very first moment: a
 * missed deadline never shows as "today"). Days whose closing time falls in a pause are left out.
 */
export function workingDaysLeft(now: Date, due: Date, calendar: WorkCalendar, pauses: readonly Pause[] = []): number {
  const today = localDayNumber(instantMs(now), calendar.zone)
  const last = localDayNumber(instantMs(due), calendar.zone)
  if (now.getTime() > due.getTime()) return -Math.max(1, countRunning(last, today, calendar, pauses))
  return last === today ? 0 : Math.max(1, countRunning(today, last, calendar, pauses))
}

/** Working days in (after, until] whose closing time is in no pause. */
function countRunning(after: number, until: number, calendar: WorkCalendar, pauses: readonly Pause[]): number {
  if (pauses.length === 0) return countWorking(after, until, calendar)
  let count = 0
  for (let day = after + 1; day <= until; day++) {
    if (!works(day, calendar)) continue
    const closing = closingMs(day, calendar)
    const stands = pauses.some(({ from, until: end }) => closing >= from.getTime() && (!end || closing < end.getTime()))
    if (!stands) count++
  }
  return count
}

/**
 * When to remind: the closing time n working days before the day of the deadline (n = 0: of that day itself or, when
 * a later edit made it a day off, of the working day before it).
 */
export function subtractWorkingDays(due: Date, n: number, calendar: WorkCalendar): Date {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`not a number of working days: ${n}`)
  let day = localDayNumber(instantMs(due), calendar.zone)
  if (n === 0 && !works(day, calendar)) day = nextWorking(day, -1, calendar)
  for (let left = n; left > 0; left--) day = nextWorking(day, -1, calendar)
  return new Date(closingMs(day, calendar))
}
