import { m } from '#messages'
import type { InboxQuery } from '#src/complaints/schema.ts'

export type ColumnId =
  | 'due'
  | 'summary'
  | 'matter'
  | 'programme'
  | 'class'
  | 'state'
  | 'region'
  | 'office'
  | 'assignee'
  | 'door'
  | 'filed'
  | 'changed'

type Sort = NonNullable<InboxQuery['sort']>
export type Column = { id: ColumnId; word: () => string; sort?: { first: Sort; again?: Sort } }

/** What a row can show beside its number, which is always there: it is the link that opens the case. */
export const columns: readonly Column[] = [
  { id: 'due', word: m.work_col_due, sort: { first: 'due' } },
  { id: 'summary', word: m.work_col_summary },
  { id: 'matter', word: m.work_col_matter },
  { id: 'programme', word: m.work_col_programme },
  { id: 'class', word: m.work_col_class },
  { id: 'state', word: m.work_col_state },
  { id: 'region', word: m.work_col_region },
  { id: 'office', word: m.work_col_office },
  { id: 'assignee', word: m.work_col_assignee },
  { id: 'door', word: m.work_col_door },
  { id: 'filed', word: m.work_col_filed, sort: { first: '-filed', again: 'filed' } },
  { id: 'changed', word: m.work_col_changed, sort: { first: 'changed' } },
]

/** What is shown until somebody chooses: the village only where there are several. */
export const usualColumns = (within: string): readonly ColumnId[] =>
  within.length === 13 ? ['due', 'summary', 'state', 'assignee'] : ['due', 'summary', 'state', 'region', 'assignee']

const place = 'pilar.kerja.kolom'

/** The columns this browser shows; what it kept, else the usual ones. */
export function readColumns(within: string): readonly ColumnId[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? 'null')
    if (Array.isArray(kept)) return columns.filter(({ id }) => kept.includes(id)).map(({ id }) => id)
  } catch {
    // What was kept is unreadable, or the browser keeps nothing.
  }
  return usualColumns(within)
}

export function keepColumns(shown: readonly ColumnId[]): void {
  try {
    localStorage.setItem(place, JSON.stringify(shown))
  } catch {
    // Then the choice holds until the page is left.
  }
}

/** Which way a column is sorted now, and what sorting by it asks for next. */
export function sortOf(
  column: Column,
  now: Sort,
): { next: Sort; sorted: 'ascending' | 'descending' | undefined } | null {
  if (!column.sort) return null
  const { first, again } = column.sort
  const sorted =
    now === first || now === again ? (now === 'due' || now === 'filed' ? 'ascending' : 'descending') : undefined
  return { next: now === first && again ? again : first, sorted }
}
