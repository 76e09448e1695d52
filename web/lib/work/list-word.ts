import type { InboxQuery } from '#src/complaints/schema.ts'
import { queueWords } from '#lib/staff/navigation.ts'
import { m } from '#messages'

const others: Readonly<Record<string, () => string>> = {
  region: m.staff_queue_region,
  sent: m.staff_queue_sent,
  filed: m.staff_queue_filed,
}

/** The name of the list a query begins with. */
export function listWord({ view, overdue }: InboxQuery): string {
  const key = overdue && (view === undefined || view === 'office') ? 'overdue' : (view ?? 'office')
  return others[key]?.() ?? queueWords(key).word()
}
