import type { ListItem, Page } from '#src/complaints/schema.ts'

/** What a list shows, and how it differs from what was loaded. */
export type Merged = {
  rows: readonly ListItem[]
  /** Ids of rows that have left the list. */
  gone: ReadonlySet<string>
  /** Ids of rows that have just changed. */
  fresh: ReadonlySet<string>
  /** How many rows of the list as it is now are not shown yet. */
  news: number
}

/** A list as it was loaded, and what has happened to it since; no row ever moves under somebody's hand. */
export function merge(shown: readonly ListItem[], now: Page, earlier: ReadonlySet<string>): Merged {
  const latest = new Map(now.items.map((one) => [one.id, one]))
  const fresh = new Set<string>()
  const rows = shown.map((row) => {
    const other = latest.get(row.id)
    if (!other || other.changedAt === row.changedAt) return other ?? row
    fresh.add(row.id)
    return other
  })
  // Rows after the last one both have may only have been pushed over the end of a full page.
  const lastKnown = now.next ? shown.findLastIndex((row) => latest.has(row.id)) : shown.length
  const gone = new Set(earlier)
  shown.forEach((row, at) => {
    if (latest.has(row.id)) gone.delete(row.id)
    else if (at < lastKnown) gone.add(row.id)
  })
  const known = new Set(shown.map((row) => row.id))
  // An unknown row after the last known one has only moved up from the next page of a full list.
  const end = now.next ? now.items.findLastIndex((one) => known.has(one.id)) : now.items.length
  const news = now.items.filter((one, at) => !known.has(one.id) && (at < end || shown.length === 0)).length
  return { rows, gone, fresh, news }
}
