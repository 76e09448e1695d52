import { localDay } from '#src/platform/calendar/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import type { Months } from './schema.ts'

/** The longest stretch that is counted at once. */
const LONGEST = 120

const at = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1
const text = (index: number) => `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`

/** Every month from the first to the last, 'YYYY-MM'. */
export const monthsBetween = (from: string, to: string): string[] =>
  Array.from({ length: at(to) - at(from) + 1 }, (_, index) => text(at(from) + index))

/** The months asked for, or the twelve up to the current one in the capital's zone. Throws a problem when they run backwards. */
export function chosenMonths(asked: Months, now: Date): { from: string; to: string } {
  const current = localDay(now, 'Asia/Jakarta').slice(0, 7)
  const to = asked.to ?? (asked.from && asked.from > current ? asked.from : current)
  const from = asked.from ?? text(at(to) - 11)
  if (from > to) throw invalid({ field: 'to', code: 'before_from' })
  if (at(to) - at(from) >= LONGEST) throw invalid({ field: 'from', code: 'too_long', params: { limit: LONGEST } })
  return { from, to }
}
