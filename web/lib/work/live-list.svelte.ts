import type { Page } from '#src/complaints/schema.ts'
import { ask } from '#lib/api.ts'
import { merge, type Merged } from './merge-rows.ts'

/** `waiting` is the list as it is now, where that differs by rows that are not shown yet. */
type Shown = Merged & { waiting: Page | null }
const none: ReadonlySet<string> = new Set()

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
