import type { MessageStands, Question } from '#src/distribution/asking/schema.ts'
import { isZoneId, localDay, sayTime } from '#src/platform/calendar/index.ts'
import { formatDateTime } from '#lib/format.ts'
import { getLocale } from '#locale'
import { m } from '#messages'

export const doorWords = { message: m.reconciliation_ask_message, visit: m.reconciliation_ask_visit } as const

export const standsWords: Readonly<Record<MessageStands, () => string>> = {
  waiting: m.reconciliation_stands_waiting,
  sent: m.reconciliation_stands_sent,
  delivered: m.reconciliation_stands_delivered,
  read: m.reconciliation_stands_read,
  failed: m.reconciliation_stands_failed,
  cancelled: m.reconciliation_stands_cancelled,
  no_contact: m.reconciliation_stands_no_contact,
  no_channel: m.reconciliation_stands_no_channel,
  none: m.reconciliation_stands_none,
}

const faults: Readonly<Record<string, () => string>> = {
  expired: m.reconciliation_message_fault_expired,
  not_reachable: m.reconciliation_message_fault_not_reachable,
  opted_out: m.reconciliation_message_fault_opted_out,
  limited: m.reconciliation_message_fault_limited,
  outcome_unknown: m.reconciliation_message_fault_outcome_unknown,
  provider: m.reconciliation_message_fault_provider,
  network: m.reconciliation_message_fault_provider,
  template: m.reconciliation_message_fault_template,
}
const faultWord = (fault: string | null): string =>
  fault === null
    ? m.reconciliation_message_fault_unknown()
    : (faults[fault]?.() ?? m.reconciliation_message_fault_other({ code: fault }))

const DAY = 86_400_000

/** What became of the message to a family, in words; `now` is when the page was read. Null where none was meant for it. */
export function messageWord({ message, timeZone }: Pick<Question, 'message' | 'timeZone'>, now: string): string | null {
  const { stands, at } = message
  if (stands === 'none') return null
  if (stands === 'failed') return m.reconciliation_message_failed({ why: faultWord(message.fault) })
  if (stands === 'cancelled') return m.reconciliation_message_cancelled()
  if (at === null || stands === 'no_contact' || stands === 'no_channel') return standsWords[stands]()
  if (stands !== 'waiting')
    return m.reconciliation_message_since({ stands: standsWords[stands](), at: formatDateTime(at, timeZone) })
  if (at <= now) return m.reconciliation_message_turn()
  const zone = isZoneId(timeZone) ? timeZone : 'Asia/Jakarta'
  const time = sayTime(new Date(at), zone, getLocale())
  const day = localDay(new Date(at), zone)
  if (day === localDay(new Date(now), zone)) return m.reconciliation_message_today({ time })
  if (day === localDay(new Date(Date.parse(now) + DAY), zone)) return m.reconciliation_message_tomorrow({ time })
  return m.reconciliation_message_later({ at: formatDateTime(at, timeZone) })
}
