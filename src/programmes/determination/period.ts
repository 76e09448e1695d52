import type { PeriodKind } from '../catalogue/schema.ts'

const monthsOf: Record<string, number> = { B: 2, T: 3, S: 6 }
const marks: Partial<Record<PeriodKind, string>> = { two_months: 'B', quarter: 'T', half_year: 'S' }

/**
 * The days of a period as people write it: '2026-12' a month, '2026-B3' the third two months, '2026-T4' the fourth quarter, '2026-S2' the
 * second half, '2026' the year. Undefined where it is not one, or not of the kind the programme is paid by; what is given once or
 * until a service is finished goes by the year.
 */
export function daysOf(period: string, kind: PeriodKind): { from: string; to: string } | undefined {
  const found = /^([0-9]{4})(?:-(?:(0[1-9]|1[0-2])|([BTS])([1-6])))?$/.exec(period)
  if (!found) return undefined
  const [, year = '', month, mark, place] = found
  if (kindOf(month, mark, kind) !== kind || Number(year) < 2000 || Number(year) > 2200) return undefined
  const length = month ? 1 : mark ? (monthsOf[mark] ?? 12) : 12
  const first = month ? Number(month) : mark ? (Number(place) - 1) * length + 1 : 1
  if (first + length - 1 > 12) return undefined
  const last = new Date(Date.UTC(Number(year), first + length - 1, 0)).toISOString().slice(0, 10)
  return { from: `${year}-${String(first).padStart(2, '0')}-01`, to: last }
}

function kindOf(month: string | undefined, mark: string | undefined, wanted: PeriodKind): PeriodKind | undefined {
  if (month) return 'month'
  if (mark) return (Object.keys(marks) as PeriodKind[]).find((kind) => marks[kind] === mark)
  return wanted === 'once' || wanted === 'case' ? wanted : 'year'
}

/** The period of a kind that holds a day, as people write it. */
export function periodOn(day: string, kind: PeriodKind): string {
  const year = day.slice(0, 4)
  const month = Number(day.slice(5, 7))
  if (kind === 'month') return day.slice(0, 7)
  const mark = marks[kind]
  return mark ? `${year}-${mark}${Math.ceil(month / (monthsOf[mark] ?? 12))}` : year
}
