import { localDay } from '#src/platform/calendar/index.ts'

const at = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1
const text = (index: number) => `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`

/** The `count` months that end with `last`, 'YYYY-MM', the earliest first. */
export const monthsUpTo = (last: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => text(at(last) - count + 1 + index))

/** The current month in the capital's zone. */
export const monthOf = (now: Date): string => localDay(now, 'Asia/Jakarta').slice(0, 7)
