export { type Day, type ZoneId, type ZoneShortName, isZoneId, localDay, zoneShortName } from './days.ts'
export {
  type NotWorking,
  type WorkCalendar,
  type WorkWeek,
  addWorkingDays,
  checkWorkCalendar,
  closingTime,
  isWorkingDay,
  whyNotWorking,
  workingDaysBetween,
} from './working-days.ts'
export { type Clock, type Pause, dueAt, subtractWorkingDays, workingDaysLeft } from './deadline.ts'
export { explainDue } from './explain.ts'
export { DueStep } from './schema.ts'
export { type Holiday, nationalHolidays } from './holidays.ts'
export { type Length, type SpokenLocale, sayAgo, sayDay, sayDaysLeft, sayInstant, sayTime } from './say.ts'
