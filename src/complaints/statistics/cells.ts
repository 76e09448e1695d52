import { tiers } from './schema.ts'
import type { Counts, Layout } from '#src/platform/statistics/suppression.ts'

/** One line of the tally: how many complaints count as `key` in a dimension (see complaint_facts in the migrations). */
export type Fact = { dimension: string; month: string | null; key: string; n: number }

const states = ['open', 'settled', 'rejected', 'withdrawn', 'joined'] as const
const classes = ['information', 'suggestion', 'complaint', 'oversight'] as const
const doors = ['web', 'desk', 'pillar', 'api'] as const
const months = Array.from({ length: 12 }, (_, index) => String(index + 1).padStart(2, '0'))

/** Codes a dimension may have beside the fixed ones: programmes ('' for none named) and groups of matters. */
export type Catalogue = { programmes: readonly string[]; matterGroups: readonly string[] }

/**
 * The numbers published for every region and year, and their sums. Some are on no page ('on_time', 'unanswered') and stand
 * here because they are what is left of two numbers that are.
 */
export function publicLayout(catalogue: Catalogue): Layout {
  const ids: string[] = []
  const put = (id: string) => ids.push(id) - 1
  const all = (dimension: string, keys: readonly string[]) => keys.map((key) => put(`${dimension}:${key}`))
  const filed = put('filed')
  const byState = all('state', states)
  const open = byState[0] ?? 0
  const overdue = put('overdue')
  const answered = put('answered')
  const sums = [
    { total: filed, parts: byState },
    { total: filed, parts: all('class', classes) },
    { total: filed, parts: all('matter', catalogue.matterGroups) },
    { total: filed, parts: all('programme', [...new Set(['', ...catalogue.programmes])]) },
    { total: filed, parts: all('door', doors) },
    { total: filed, parts: all('month', months) },
    { total: filed, parts: [answered, put('unanswered')] },
    { total: filed, parts: [...all('satisfied', ['true', 'false']), put('unrated')] },
    { total: answered, parts: all('answered', tiers) },
    { total: open, parts: all('open', tiers) },
    { total: open, parts: [overdue, put('on_time')] },
    { total: overdue, parts: all('overdue', tiers) },
  ]
  return { ids, sums }
}

/** What a region's facts of one year come to, in the order of the layout. 'state' must come by month. */
export function countCells(layout: Layout, facts: Iterable<Fact>): number[] {
  const cells = new Map<string, number>()
  const add = (id: string, n: number) => void cells.set(id, (cells.get(id) ?? 0) + n)
  for (const { dimension, month, key, n } of facts) {
    switch (dimension) {
      case 'state':
        add('filed', n)
        add(`state:${key}`, n)
        add(`month:${month?.slice(5, 7) ?? ''}`, n)
        break
      case 'matter':
        add(`matter:${key.split('.')[0] ?? ''}`, n)
        break
      case 'overdue':
      case 'answered':
        add(dimension, n)
        add(`${dimension}:${key}`, n)
        break
      case 'class':
      case 'programme':
      case 'door':
      case 'open':
      case 'satisfied':
        add(`${dimension}:${key}`, n)
    }
  }
  const of = (id: string) => cells.get(id) ?? 0
  add('unanswered', of('filed') - of('answered'))
  add('unrated', of('filed') - of('satisfied:true') - of('satisfied:false'))
  add('on_time', of('state:open') - of('overdue'))
  return layout.ids.map(of)
}

/** What the database keeps of a region: hidden numbers as null, zeros left out. Empty when the region has nothing to tell. */
export function storedCells(layout: Layout, counts: Counts, hidden: readonly boolean[]): Record<string, number | null> {
  const stored: Record<string, number | null> = {}
  layout.ids.forEach((id, at) => {
    if (hidden[at]) stored[id] = null
    else if (counts[at]) stored[id] = counts[at]
  })
  return stored
}

/**
 * The exact median of whole working days: the smallest number of days within which at least half were answered.
 * Null when there is none.
 */
export function medianDays(facts: Iterable<Fact>): number | null {
  const days = new Map<number, number>()
  let all = 0
  for (const { dimension, key, n } of facts) {
    if (dimension !== 'days') continue
    days.set(Number(key), (days.get(Number(key)) ?? 0) + n)
    all += n
  }
  let passed = 0
  for (const [value, n] of [...days].sort(([a], [b]) => a - b)) {
    passed += n
    if (passed * 2 >= all) return value
  }
  return null
}
