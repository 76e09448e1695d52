import type { DueStep } from '#src/platform/calendar/schema.ts'
import { formatDate, formatDateTime, formatNumber } from '#lib/format.ts'
import { m } from '#messages'

/** One step of how a deadline was counted, as a sentence a person can follow on a wall calendar. */
export function sayDueStep(step: DueStep, zone: string): string {
  const day = (value: string) => formatDate(value, zone)
  switch (step.code) {
    case 'filed': {
      const at = formatDateTime(step.at, zone)
      return step.afterClosing ? m.due_step_filed_after_closing({ at }) : m.due_step_filed({ at })
    }
    case 'received':
      return m.due_step_received({ day: day(step.day) })
    case 'counted': {
      const first = formatNumber(step.first)
      return step.from === step.to
        ? m.due_step_counted_one({ from: day(step.from), first })
        : m.due_step_counted({ from: day(step.from), to: day(step.to), first, last: formatNumber(step.last) })
    }
    case 'skipped': {
      const [from, to, one] = [day(step.from), day(step.to), step.from === step.to]
      if (step.why === 'weekend')
        return one ? m.due_step_skipped_weekend_one({ from }) : m.due_step_skipped_weekend({ from, to })
      const name = step.name ?? ''
      return one ? m.due_step_skipped_holiday_one({ from, name }) : m.due_step_skipped_holiday({ from, to, name })
    }
    case 'paused':
      return step.from === step.to
        ? m.due_step_paused_one({ from: day(step.from) })
        : m.due_step_paused({
            from: day(step.from),
            to: day(step.to),
            workingDays: formatNumber(step.workingDays),
          })
    case 'more':
      return m.due_step_more({
        from: day(step.from),
        to: day(step.to),
        counted: formatNumber(step.counted),
        paused: formatNumber(step.paused),
        skipped: formatNumber(step.skipped),
      })
    case 'due':
      return m.due_step_due({ at: formatDateTime(step.at, zone) })
    case 'stopped':
      return m.due_step_stopped({
        since: formatDateTime(step.since, zone),
        counted: formatNumber(step.counted),
        left: formatNumber(step.left),
      })
  }
}
