import type { InboxQuery } from '#src/complaints/schema.ts'

/*
 * The filters of the list live in the address of the page, under the names the API has for them: what is on the
 * screen can be bookmarked, sent to a colleague, saved as a view, and survives going back.
 */

type Key = Exclude<keyof InboxQuery, 'limit'>

// `overdue` and `view` first: the links of the work queues are the beginnings of addresses.
const keys: readonly Key[] = [
  'overdue',
  'view',
  'status',
  'q',
  'state',
  'class',
  'matter',
  'programme',
  'door',
  'assignee',
  'region',
  'counted',
  'from',
  'to',
  'sort',
  'after',
]

const oneOf: Partial<Record<Key, readonly string[]>> = {
  overdue: ['true'],
  view: ['office', 'mine', 'unassigned', 'region', 'incoming', 'sent', 'filed', 'to_verify', 'to_decide'],
  status: ['open', 'done', 'all'],
  door: ['web', 'desk', 'pillar', 'api'],
  sort: ['due', 'filed', '-filed', 'changed'],
  class: ['information', 'suggestion', 'complaint', 'oversight'],
}
const shaped: Partial<Record<Key, RegExp>> = {
  state: /^[a-z_]{3,30}$/,
  matter: /^[a-z_]+(\.[a-z_]+)?$/,
  programme: /^[A-Z0-9_]{2,30}$/,
  assignee: /^[0-9a-f-]{36}$/,
  region: /^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$/,
  counted:
    /^(state|class|matter|programme|door|open|overdue|answered|satisfied|days|answered_in)(:[A-Za-z0-9_.,-]{0,100})?$/,
  from: /^\d{4}-\d{2}-\d{2}$/,
  to: /^\d{4}-\d{2}-\d{2}$/,
  after: /^[A-Za-z0-9_-]{1,200}$/,
}
const several: ReadonlySet<Key> = new Set<Key>(['state', 'class'])

const fits = (key: Key, value: string): boolean =>
  value !== '' && (oneOf[key]?.includes(value) ?? shaped[key]?.test(value) ?? true)

/** What the address asks for. What nobody can have meant (an old link, a typing error) is left out, not refused. */
export function queryOf(params: URLSearchParams): InboxQuery {
  const query: Record<string, unknown> = {}
  for (const key of keys) {
    const values = params.getAll(key).filter((value) => fits(key, value))
    if (values.length === 0) continue
    query[key] = several.has(key) ? [...new Set(values)] : key === 'overdue' ? true : values[0]?.slice(0, 200)
  }
  return query as InboxQuery
}

/** The same as the part of an address after `?`; always in one order, so that equal views have equal addresses. */
export function searchOf(query: InboxQuery): string {
  const params = new URLSearchParams()
  for (const key of keys) {
    const value = query[key]
    if (value === undefined || value === '' || value === false) continue
    for (const one of Array.isArray(value) ? value : [value]) params.append(key, String(one))
  }
  return params.toString()
}

/** Where this list is shown. */
export const inboxHref = (query: InboxQuery): string => {
  const search = searchOf(query)
  return search ? `/kerja?${search}` : '/kerja'
}

/** Another list: what is given replaces, undefined takes away; back at its first page. */
export function changed(query: InboxQuery, change: { [K in Key]?: InboxQuery[K] | undefined }): InboxQuery {
  const next: Record<string, unknown> = { ...query, ...change }
  if (!('after' in change)) delete next['after']
  for (const key of Object.keys(next)) {
    const value = next[key]
    if (value === undefined || value === '' || value === false || (Array.isArray(value) && value.length === 0))
      delete next[key]
  }
  return next as InboxQuery
}

/** The queue and the order are no filters: taking all filters away leaves them. */
export const withoutFilters = ({ view, sort }: InboxQuery): InboxQuery => changed({}, { view, sort })

export const isFiltered = (query: InboxQuery): boolean =>
  searchOf(withoutFilters(query)) !== searchOf(changed(query, {}))
