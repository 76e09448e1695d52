import { type Day, type ZoneId, clockMinutes, dayNumber, dayText, isoWeekday, wallMs } from './days.ts'

/** The working week from a day on. Weekdays are ISO (1 Monday … 7 Sunday), times are 'HH:MM' on the local wall. */
export type WorkWeek = { validFrom: Day; workingWeekdays: readonly number[]; opens: string; closes: string }

/**
 * When an office works. `weeks` is dated (office hours change, for example in Ramadan) and may be in any order; days
 * before the first `validFrom` follow the earliest week. `holidays` holds every day off, with the name people know.
 * Nothing here is remembered between calls, so a calendar edited in place counts rightly at once.
 */
export type WorkCalendar = { zone: ZoneId; holidays: ReadonlyMap<Day, string>; weeks: readonly WorkWeek[] }

export type NotWorking = { kind: 'weekend' | 'holiday'; name?: string }

// A calendar without working days would be searched for ever. 40,000 days are 109 years.
const farthest = 40_000
export const endless = () => new RangeError(`the calendar has too few working days within ${farthest} days`)
export const beyond = (from: number, day: number) => Math.abs(day - from) > farthest

function weekOf(text: Day, weeks: readonly WorkWeek[]): WorkWeek {
  let current: WorkWeek | undefined
  for (const week of weeks) {
    if (week.validFrom <= text && (!current || week.validFrom > current.validFrom)) current = week
  }
  return current ?? earliest(weeks)
}

function earliest(weeks: readonly WorkWeek[]): WorkWeek {
  const [first, ...others] = weeks
  if (!first) throw new RangeError('the calendar has no working week')
  return others.reduce((a, b) => (b.validFrom < a.validFrom ? b : a), first)
}

/** Whether the office works on a day number. */
export function works(day: number, calendar: WorkCalendar): boolean {
  const text = dayText(day)
  return weekOf(text, calendar.weeks).workingWeekdays.includes(isoWeekday(day)) && !calendar.holidays.has(text)
}

/** The closing instant (ms) of a day number. */
export function closingMs(day: number, calendar: WorkCalendar): number {
  const minutes = clockMinutes(weekOf(dayText(day), calendar.weeks).closes)
  if (minutes === 0) throw new RangeError('an office cannot close at midnight (00:00)')
  return wallMs(day, minutes, calendar.zone)
}

/** The first working day after a day (step 1) or before it (step -1), as numbers. */
export function nextWorking(day: number, step: 1 | -1, calendar: WorkCalendar): number {
  for (let next = day + step; !beyond(day, next); next += step) if (works(next, calendar)) return next
  throw endless()
}

/** Closing time of a day, working or not, by the week in force on it. A RangeError for a bad day or calendar. */
export const closingTime = (day: Day, calendar: WorkCalendar): Date => new Date(closingMs(dayNumber(day), calendar))

export const isWorkingDay = (day: Day, calendar: WorkCalendar): boolean => works(dayNumber(day), calendar)

/** Why a day does not count, or undefined when it is a working day. A holiday on a weekend is told as the holiday. */
export const whyNotWorking = (day: Day, calendar: WorkCalendar): NotWorking | undefined =>
  whyIdle(dayNumber(day), calendar)

export function whyIdle(day: number, calendar: WorkCalendar): NotWorking | undefined {
  const text = dayText(day)
  const name = calendar.holidays.get(text)
  if (name !== undefined) return { kind: 'holiday', name }
  return weekOf(text, calendar.weeks).workingWeekdays.includes(isoWeekday(day)) ? undefined : { kind: 'weekend' }
}

/**
 * The nth working day after a day (before it, when n is negative). The day itself never counts; n = 0 gives the day
 * itself or, when it is not a working day, the next one: the answer is always a working day.
 */
export function addWorkingDays(day: Day, n: number, calendar: WorkCalendar): Day {
  if (!Number.isInteger(n)) throw new RangeError(`not a whole number of working days: ${n}`)
  let at = dayNumber(day)
  if (n === 0 && !works(at, calendar)) at = nextWorking(at, 1, calendar)
  const step = n < 0 ? -1 : 1
  for (let left = Math.abs(n); left > 0; left--) at = nextWorking(at, step, calendar)
  return dayText(at)
}

/** How many working days lie after `from` up to and including `to`; negative when `to` is earlier. */
export function workingDaysBetween(from: Day, to: Day, calendar: WorkCalendar): number {
  const [a, b] = [dayNumber(from), dayNumber(to)]
  return a <= b ? countWorking(a, b, calendar) : 0 - countWorking(b, a, calendar)
}

/** Working days in (after, until], as numbers. */
export function countWorking(after: number, until: number, calendar: WorkCalendar): number {
  let count = 0
  for (let day = after + 1; day <= until; day++) if (works(day, calendar)) count++
  return count
}

/**
 * Refuses a calendar that cannot give deadlines, with a RangeError naming the fault. For the page where calendars are
 * edited: counting itself also refuses, but only when it meets the fault.
 */
export function checkWorkCalendar(calendar: WorkCalendar): void {
  if (calendar.weeks.length === 0) throw new RangeError('the calendar has no working week')
  for (const week of calendar.weeks) {
    dayNumber(week.validFrom)
    if (clockMinutes(week.opens) >= clockMinutes(week.closes)) {
      throw new RangeError(`an office must open before it closes: ${week.opens} to ${week.closes}`)
    }
    const days = week.workingWeekdays
    if (days.length === 0) throw new RangeError(`the week from ${week.validFrom} has no working day`)
    if (!days.every((day) => Number.isInteger(day) && day >= 1 && day <= 7) || new Set(days).size !== days.length) {
      throw new RangeError(`weekdays are 1 (Monday) to 7 (Sunday), each once: ${days.join(', ')}`)
    }
  }
  const starts = calendar.weeks.map((week) => week.validFrom)
  if (new Set(starts).size !== starts.length) throw new RangeError('two working weeks begin on the same day')
  for (const day of calendar.holidays.keys()) dayNumber(day)
}
