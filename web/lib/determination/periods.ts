import type { PeriodKind } from '#src/programmes/catalogue/schema.ts'
import { sayPeriod } from '#src/programmes/determination/period-words.ts'
import { getLocale } from '#locale'

const months: Readonly<Record<PeriodKind, number>> = {
  month: 1,
  two_months: 2,
  quarter: 3,
  half_year: 6,
  year: 12,
  once: 12,
  case: 12,
}
const marks: Partial<Record<PeriodKind, string>> = { two_months: 'B', quarter: 'T', half_year: 'S' }

/** A period in words, in the reader's language. */
export const periodWord = (period: string): string => sayPeriod(period, getLocale())

/** Periods of a kind around a day: two before, the one that holds it, and four after. */
export function periodsAround(kind: PeriodKind, day: string): string[] {
  const length = months[kind]
  const aYear = 12 / length
  const at = Number(day.slice(0, 4)) * aYear + Math.floor((Number(day.slice(5, 7)) - 1) / length)
  return [-2, -1, 0, 1, 2, 3, 4].map((off) => {
    const year = Math.floor((at + off) / aYear)
    const n = ((at + off) % aYear) + 1
    const mark = marks[kind]
    if (kind === 'month') return `${year}-${String(n).padStart(2, '0')}`
    return mark ? `${year}-${mark}${n}` : String(year)
  })
}

/** What is most likely asked for: the next of what is given several times a year, else this year's. */
export const likelyPeriod = (kind: PeriodKind, day: string): string =>
  periodsAround(kind, day)[months[kind] < 6 ? 3 : 2] ?? ''
