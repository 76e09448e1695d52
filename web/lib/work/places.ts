import type { InboxQuery } from '#src/complaints/schema.ts'
import { changed, inboxHref } from './query.ts'

/*
 * Where in the list somebody is. A keyset-paged list knows only what comes after; what came before is known because
 * this browser was there.
 */
let last = '/kerja'
const before = new Map<string, string>()

/** Called by every list page: the way back from a case, and from its next page. */
export function rememberList(query: InboxQuery): void {
  const here = inboxHref(query)
  if (query.after && last !== here && !before.has(here)) before.set(here, last)
  last = here
}

/** The list as it was left. */
export const lastList = (): string => last

/** The page before this one; the first page when this browser has not seen it. */
export const previousPage = (query: InboxQuery): string | null =>
  query.after ? (before.get(inboxHref(query)) ?? inboxHref(changed(query, {}))) : null
