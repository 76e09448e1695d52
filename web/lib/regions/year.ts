import { getLocale } from '#locale'

/** One month as weeks from Monday to Sunday; days outside it are null. Days are 'YYYY-MM-DD'. */
export type Month = { name: string; weeks: (string | null)[][] }

const tag = () => (getLocale() === 'en' ? 'en-GB' : 'id-ID')
const utc = (year: number, month: number, day: number) => new Date(Date.UTC(year, month, day))

/** The twelve months of a year. */
export function monthsOf(year: number): Month[] {
  const name = new Intl.DateTimeFormat(tag(), { month: 'long', timeZone: 'UTC' })
  return Array.from({ length: 12 }, (_, month) => {
    const first = isoWeekday(utc(year, month, 1))
    const length = utc(year, month + 1, 0).getUTCDate()
    const cells: (string | null)[] = Array.from({ length: first - 1 }, () => null)
    for (let day = 1; day <= length; day++) cells.push(utc(year, month, day).toISOString().slice(0, 10))
    while (cells.length % 7 !== 0) cells.push(null)
    const weeks = Array.from({ length: cells.length / 7 }, (_, week) => cells.slice(week * 7, week * 7 + 7))
    return { name: name.format(utc(year, month, 1)), weeks }
  })
}

/** 1 Monday … 7 Sunday. */
export const isoWeekday = (day: Date | string): number => ((new Date(day).getUTCDay() + 6) % 7) + 1

/** Names of the weekdays from Monday on. 2024 began with a Monday. */
export function weekdayNames(width: 'long' | 'short' | 'narrow'): string[] {
  const format = new Intl.DateTimeFormat(tag(), { weekday: width, timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => format.format(utc(2024, 0, day + 1)))
}
