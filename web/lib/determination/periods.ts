import type { PeriodKind } from '#src/programmes/catalogue/schema.ts'
import { formatMonth } from '#lib/format.ts'
import { getLocale } from '#locale'
import { m } from '#messages'

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
const lengths: Readonly<Record<string, number>> = { B: 2, T: 3, S: 6 }

const monthWord = (year: number, month: number): string =>
  new Intl.DateTimeFormat(getLocale() === 'en' ? 'en-GB' : 'id-ID', { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1, 1),
  )

/** A period in words: '2026-12' "Desember 2026", '2026-T4' "Triwulan 4 2026 (Oktober–Desember)"; as it is where it is none. */
export function periodWord(period: string): string {
  const [, year = '', part] = /^([0-9]{4})(?:-([0-9]{2}|[BTS][1-6]))?$/.exec(period) ?? []
  if (!year) return period
  if (!part) return m.determination_period_year({ year })
  const mark = part[0] ?? ''
  const length = lengths[mark]
  if (!length) return formatMonth(period)
  const n = Number(part[1])
  const from = monthWord(Number(year), (n - 1) * length + 1)
  const to = monthWord(Number(year), n * length)
  if (mark === 'T') return m.determination_period_quarter({ n, year, from, to })
  if (mark === 'S') return m.determination_period_half({ n, year, from, to })
  return `${m.determination_period_months({ from, to })} ${year}`
}

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
