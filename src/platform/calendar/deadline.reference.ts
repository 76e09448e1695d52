import type { WorkCalendar, ZoneId } from './index.ts'

/**
 * The deadline rule once more, written to be read and not to be fast: day by day, every local time asked of Intl.
 * Shares no code with the calendar it checks. Only tests use it.
 */
type Wall = { day: string; weekday: string; time: string }

const formats = new Map<string, Intl.DateTimeFormat>()
function format(zone: ZoneId, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + Object.keys(options).join()
  const kept = formats.get(key) ?? new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', ...options })
  formats.set(key, kept)
  return kept
}

/** What a wall calendar and a wall clock in the zone show. */
export function onTheWall(at: Date, zone: ZoneId): Wall {
  const all = { year: 'numeric', month: '2-digit', day: '2-digit', weekday: 'short' } as const
  const parts = format(zone, { ...all, hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((found) => found.type === type)?.value ?? ''
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    weekday: part('weekday'),
    time: `${part('hour')}:${part('minute')}:${part('second')}.${String(at.getUTCMilliseconds()).padStart(3, '0')}`,
  }
}

/** The instant of a wall time, with the offset as Intl tells it. */
export function fromTheWall(day: string, time: string, zone: ZoneId): Date {
  const noon = new Date(`${day}T05:00:00Z`)
  const name = format(zone, { timeZoneName: 'longOffset' }).formatToParts(noon)
  const offset = name.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', '') ?? ''
  return new Date(`${day}T${time}${offset}`)
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const dayAfter = (day: string) => new Date(Date.parse(`${day}T12:00:00Z`) + 24 * 3_600_000).toISOString().slice(0, 10)

function weekOn(day: string, calendar: WorkCalendar) {
  const inOrder = [...calendar.weeks].sort((a, b) => a.validFrom.localeCompare(b.validFrom))
  const week = inOrder.filter(({ validFrom }) => validFrom <= day).at(-1) ?? inOrder[0]
  if (!week) throw new Error('no week')
  return week
}

export const slowClosing = (day: string, calendar: WorkCalendar) =>
  fromTheWall(day, `${weekOn(day, calendar).closes}:00.000`, calendar.zone)

export function slowWorks(day: string, calendar: WorkCalendar): boolean {
  if ([...calendar.holidays.keys()].includes(day)) return false
  const { weekday } = onTheWall(fromTheWall(day, '12:00', calendar.zone), calendar.zone)
  return weekOn(day, calendar).workingWeekdays.includes(weekdays.indexOf(weekday) + 1)
}

/** Working days in (from, to]. */
export function slowBetween(from: string, to: string, calendar: WorkCalendar): number {
  let count = 0
  for (let day = dayAfter(from); day <= to; day = dayAfter(day)) if (slowWorks(day, calendar)) count++
  return count
}

export function slowReceived(startedAt: Date, calendar: WorkCalendar): string {
  const filed = onTheWall(startedAt, calendar.zone)
  let day = filed.day
  if (slowWorks(day, calendar) && filed.time <= `${weekOn(day, calendar).closes}:00.000`) return day
  do day = dayAfter(day)
  while (!slowWorks(day, calendar))
  return day
}

export function slowDue(
  startedAt: Date,
  workingDays: number,
  pauses: readonly { from: Date; until: Date | null }[],
  calendar: WorkCalendar,
): Date | null {
  let day = slowReceived(startedAt, calendar)
  for (let left = workingDays; left > 0;) {
    day = dayAfter(day)
    if (!slowWorks(day, calendar)) continue
    const closing = slowClosing(day, calendar)
    const standing = pauses.filter(({ from, until }) => from <= closing && (until === null || closing < until))
    if (standing.some(({ until }) => until === null)) return null
    if (standing.length === 0) left--
  }
  return slowClosing(day, calendar)
}
