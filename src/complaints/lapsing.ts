import { closingTime, localDay, type WorkCalendar } from '#src/platform/calendar/index.ts'

/**
 * Terms of citizens are calendar days (they have no office hours), but nothing happens to anybody at midnight: they end
 * at the closing time of that day.
 */
export function addCalendarDays(at: Date, days: number, calendar: WorkCalendar): Date {
  return closingTime(localDay(new Date(at.getTime() + days * 86_400_000), calendar.zone), calendar)
}
