import type { RowsQuery, Signal } from '#src/complaints/targeting/schema.ts'
import { m } from '#messages'

export const rowWords: Readonly<Record<RowsQuery['kind'], () => string>> = {
  not_listed: m.targeting_not_listed,
  checked_out: m.targeting_checked_out,
  enrolled: m.targeting_enrolled,
  listed_wrongly: m.targeting_listed_wrongly,
  checked_in: m.targeting_checked_in,
  at_door: m.targeting_at_door,
  removed: m.targeting_removed,
  held: m.targeting_held,
  entitled: m.targeting_entitled,
  families: m.targeting_families,
  inclusion: m.targeting_rows_inclusion,
  on_time: m.targeting_on_time,
  late: m.targeting_late,
  undelivered: m.targeting_undelivered,
  open: m.targeting_open,
}
export const ofExclusion: readonly Signal[] = ['not_listed', 'checked_out', 'enrolled']
export const ofInclusion: readonly Signal[] = ['listed_wrongly', 'checked_in', 'at_door', 'removed', 'held']

/** What is asked for, to be carried from page to page. */
export function spanQuery(url: URL): URLSearchParams {
  const kept = new URLSearchParams()
  for (const key of ['from', 'to', 'programme']) {
    const value = url.searchParams.get(key)
    if (value) kept.set(key, value)
  }
  return kept
}
