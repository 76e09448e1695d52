import type { Day } from '#src/platform/calendar/index.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'

/**
 * Which days of a region (and of all beneath it) count differently now: single days for holidays; `from` for a
 * working week, which changes every day from then on.
 */
export type ChangedDays = { days: readonly Day[] } | { from: Day }

/** Runs in the transaction of the change, as the system: deadlines move together with the calendar or not at all. */
export type CalendarListener = (tx: Tx, regionCode: string, changed: ChangedDays) => Promise<void>

const listeners = new Set<CalendarListener>()

/** Registers what must follow when days off or working weeks change; gives back how to stop. */
export function onCalendarChange(listener: CalendarListener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export async function tellCalendarChange(tx: Tx, regionCode: string, changed: ChangedDays): Promise<void> {
  if (listeners.size === 0) return
  await withinAsSystem(tx, `working calendar of ${regionCode} changed`, async (system) => {
    for (const listener of listeners) await listener(system, regionCode, changed)
  })
}
