import { isZoneId, localDay } from '#src/platform/calendar/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { registerTerm } from '../register/terms.ts'
import type { Calendar } from './schema.ts'

/** The month a proposal of this day belongs to: its own until the cut-off day, the next one after it. Days 'YYYY-MM-DD'. */
export function periodOn(day: string, cutOff: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  if (date <= cutOff) return day.slice(0, 7)
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`
}

/** The monthly calendar as it is in force at a moment in a time zone. */
export async function calendarAt(tx: Tx, at: Date, zone: string): Promise<Calendar> {
  const today = localDay(at, isZoneId(zone) ? zone : 'Asia/Jakarta')
  const cutOff = await registerTerm(tx, 'cut_off', today)
  const extraction = await registerTerm(tx, 'extraction', today)
  return {
    today,
    period: periodOn(today, cutOff.amount),
    cutOff: cutOff.amount,
    extraction: extraction.amount,
    source: cutOff.source,
  }
}
