import { getLocale } from '#locale'
import type { Statistics } from '#src/complaints/statistics/schema.ts'
import { formatNumber, formatShare } from '#lib/format.ts'
import { m } from '#messages'

const formats = new Map<string, Intl.DateTimeFormat>()

/** '2026-11' → 'Nov 26', or 'November 2026' when there is room. */
export function formatMonth(month: string, length: 'short' | 'long' = 'short'): string {
  const tag = getLocale() === 'en' ? 'en-GB' : 'id-ID'
  const key = tag + length
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(tag, { month: length, year: length === 'short' ? '2-digit' : 'numeric', timeZone: 'UTC' })
  formats.set(key, format)
  return format.format(new Date(`${month}-01T00:00:00Z`))
}

type Child = Statistics['children'][number]

/** What regions can be compared by: key in the address, word, value for the bar (null: nothing known) and as text. */
export const measures = {
  masuk: { word: m.statistics_filed, value: (one: Child) => one.filed, say: formatNumber, share: false },
  ditangani: { word: m.statistics_open, value: (one: Child) => one.open, say: formatNumber, share: false },
  terlambat: { word: m.statistics_overdue, value: (one: Child) => one.overdue, say: formatNumber, share: false },
  lama: {
    word: m.statistics_median,
    value: (one: Child) => one.medianDays,
    say: (days: number) => m.statistics_median_unit({ days: formatNumber(days) }),
    share: false,
  },
  jenjang: { word: m.statistics_within, value: (one: Child) => one.answeredBelowShare, say: formatShare, share: true },
  puas: { word: m.statistics_satisfied, value: (one: Child) => one.satisfiedShare, say: formatShare, share: true },
} as const satisfies Record<
  string,
  { word: () => string; value: (one: Child) => number | null; say: (value: number) => string; share: boolean }
>
export type Measure = keyof typeof measures

export const measureOf = (value: string | null): Measure => (value && value in measures ? (value as Measure) : 'masuk')
