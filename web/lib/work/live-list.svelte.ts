import type { ListItem, Page } from '#src/complaints/schema.ts'
import { ask } from '#lib/api.ts'

type Shown = {
  rows: readonly ListItem[]
  gone: ReadonlySet<string>
  fresh: ReadonlySet<string>
  /** The list as it is now, where that differs by rows that are not shown yet. */
  waiting: Page | null
  news: number
}
const none: ReadonlySet<string> = new Set()

/** A list as it was loaded, and what has happened to it since; no row ever moves under somebody's hand. */
export function merge(shown: readonly ListItem[], now: Page, earlier: ReadonlySet<string>): Omit<Shown, 'waiting'> {
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

/** Follows one list; `load` gives what the page was loaded with, `path` where to ask for it again. */
export function liveList(load: () => Page, path: () => string) {
  let shown: Shown = $derived({ rows: load().items, gone: none, fresh: none, waiting: null, news: 0 })

  async function refresh(): Promise<void> {
    const asked = path()
    const answer = await ask<Page>(fetch, asked).catch(() => null)
    // Meanwhile somebody may have opened another list.
    if (!answer?.ok || asked !== path()) return
    const merged = merge(shown.rows, answer.data, shown.gone)
    shown = { ...merged, waiting: answer.data }
  }
  return {
    get rows() {
      return shown.rows
    },
    get gone() {
      return shown.gone
    },
    get fresh() {
      return shown.fresh
    },
    get news() {
      return shown.news
    },
    refresh,
    /** Shows the list as it is now. */
    show(): void {
      if (shown.waiting) shown = { rows: shown.waiting.items, gone: none, fresh: none, waiting: null, news: 0 }
    },
  }
}
