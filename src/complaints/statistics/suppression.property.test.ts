import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countCells, publicLayout, type Fact } from './cells.ts'
import { suppress, type Hidden } from '#src/platform/statistics/suppression.ts'

const layout = publicLayout({
  programmes: ['PKH', 'BST', 'SEMBAKO'],
  matterGroups: ['enrolment', 'delivery', 'service'],
})

/** A region with the regions beneath it; only the lowest have complaints of their own. */
type Region = { children: Region[]; facts: Fact[] }

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values)
const tier = pick(['village', 'district', 'regency', 'province', 'nation'] as const)
const complaint = fc.record({
  times: pick([1, 1, 1, 2, 3, 7, 40]),
  month: pick(['2026-01-01', '2026-02-01', '2026-03-01']),
  state: pick(['open', 'open', 'settled', 'settled', 'rejected', 'withdrawn', 'joined']),
  class: pick(['information', 'complaint', 'complaint', 'oversight']),
  matter: pick(['enrolment.not_listed', 'enrolment', 'delivery.late', 'service']),
  programme: pick(['', 'PKH', 'BST']),
  door: pick(['web', 'web', 'desk', 'pillar']),
  tier,
  overdue: fc.boolean(),
  satisfied: pick(['true', 'false', undefined]),
})
type Drawn = typeof complaint extends fc.Arbitrary<infer One> ? One : never
const factsOf = (complaints: Drawn[]): Fact[] =>
  complaints.flatMap((one) => {
    const fact = (dimension: string, key: string | undefined): Fact[] =>
      key === undefined ? [] : [{ dimension, month: one.month, key, n: one.times }]
    return [
      ...fact('state', one.state),
      ...fact('class', one.class),
      ...fact('matter', one.matter),
      ...fact('programme', one.programme),
      ...fact('door', one.door),
      ...fact('open', one.state === 'open' ? one.tier : undefined),
      ...fact('overdue', one.state === 'open' && one.overdue ? one.tier : undefined),
      ...fact('answered', one.state === 'settled' ? one.tier : undefined),
      ...fact('satisfied', one.state === 'settled' ? one.satisfied : undefined),
    ]
  })
const tree = (depth: number): fc.Arbitrary<Region> =>
  depth === 0
    ? fc.record({ children: fc.constant([]), facts: fc.array(complaint, { maxLength: 8 }).map(factsOf) })
    : fc
        .array(tree(depth - 1), { minLength: 1, maxLength: 4 })
        .map((children) => ({ children, facts: children.flatMap((child) => child.facts) }))

type Page = { counts: number[]; hidden: Hidden; children: Page[] }

/** The whole tree as it would be published. */
function publish(region: Region, threshold: number): Page {
  const countsOf = (one: Region) => countCells(layout, one.facts)
  const beneath = (one: Region, counts: number[], hidden: Hidden): Page[] => {
    const numbers = one.children.map(countsOf)
    const decided = suppress(layout, threshold, { counts, hidden }, numbers)
    return one.children.map((child, at) => {
      const mine = { counts: numbers[at] ?? [], hidden: decided[at] ?? [] }
      return { ...mine, children: beneath(child, mine.counts, mine.hidden) }
    })
  }
  const counts = countsOf(region)
  const hidden = suppress(layout, threshold, null, [counts])[0] ?? []
  return { counts, hidden, children: beneath(region, counts, hidden) }
}

const pagesOf = (page: Page): Page[] => [page, ...page.children.flatMap(pagesOf)]

type Cell = { page: Page; at: number }
/** Every sum a reader can write down over all pages: a total and its parts. */
const sumsOf = (root: Page): { total: Cell; parts: Cell[] }[] =>
  pagesOf(root).flatMap((page) => [
    ...layout.sums.map((sum) => ({ total: { page, at: sum.total }, parts: sum.parts.map((at) => ({ page, at })) })),
    ...(page.children.length === 0
      ? []
      : layout.ids.map((_, at) => ({
          total: { page, at },
          parts: page.children.map((child) => ({ page: child, at })),
        }))),
  ])

/** Fills in whatever is the only unknown of a sum, again and again. */
function attack(root: Page): Cell[] {
  const known = new Map<Page, boolean[]>(pagesOf(root).map((page) => [page, page.hidden.map((one) => !one)]))
  const isKnown = ({ page, at }: Cell) => known.get(page)?.[at] === true
  const found: Cell[] = []
  for (let more = true; more;) {
    more = false
    for (const { total, parts } of sumsOf(root)) {
      const unknown = [total, ...parts].filter((cell) => !isKnown(cell))
      const [only] = unknown
      if (unknown.length !== 1 || !only) continue
      ;(known.get(only.page) ?? [])[only.at] = true
      found.push(only)
      more = true
    }
  }
  return found
}

const threshold = 5
const country = tree(3)

test('no hidden number can be worked out by subtracting what is shown from totals, on any page or across pages', () => {
  fc.assert(
    fc.property(country, (region) => {
      const found = attack(publish(region, threshold))
      assert.deepEqual(
        found.map(({ page, at }) => `${layout.ids[at]} = ${page.counts[at]}`),
        [],
      )
    }),
    { numRuns: 300 },
  )
})

test('no small number is shown, and the hidden parts of a shown total never add up to a small number', () => {
  fc.assert(
    fc.property(country, (region) => {
      const root = publish(region, threshold)
      for (const page of pagesOf(root))
        page.counts.forEach((n, at) =>
          assert.ok(n === 0 || n >= threshold || page.hidden[at], `${layout.ids[at]} = ${n}`),
        )
      for (const { total, parts } of sumsOf(root)) {
        if (total.page.hidden[total.at]) continue
        const hidden = parts.filter(({ page, at }) => page.hidden[at])
        const sum = hidden.reduce((all, { page, at }) => all + (page.counts[at] ?? 0), 0)
        // Only zeros can add up to less: then there is nothing to learn about anybody.
        assert.ok(hidden.length === 0 || sum >= threshold || sum === 0, `${layout.ids[total.at]}: ${sum}`)
      }
    }),
    { numRuns: 300 },
  )
})

test('the attack itself works: without complementary hiding it finds numbers', () => {
  const naive = (page: Page): Page => ({
    ...page,
    hidden: page.counts.map((n) => n > 0 && n < threshold),
    children: page.children.map(naive),
  })
  const broken = fc
    .sample(country, { numRuns: 100, seed: 7 })
    .filter((region) => attack(naive(publish(region, threshold))).length > 0)
  assert.ok(broken.length > 30, `${broken.length} of 100`)
})

test('where counts are large nothing is hidden, and a threshold of 1 hides nothing', () => {
  const large = factsOf([
    {
      times: 40,
      month: '2026-01-01',
      state: 'open',
      class: 'complaint',
      matter: 'service',
      programme: '',
      door: 'web',
      tier: 'village',
      overdue: true,
      satisfied: undefined,
    },
    {
      times: 60,
      month: '2026-02-01',
      state: 'settled',
      class: 'complaint',
      matter: 'service',
      programme: 'PKH',
      door: 'desk',
      tier: 'district',
      overdue: false,
      satisfied: 'true',
    },
  ])
  const region = {
    facts: [...large, ...large],
    children: [
      { facts: large, children: [] },
      { facts: large, children: [] },
    ],
  }
  assert.ok(pagesOf(publish(region, threshold)).every((page) => page.hidden.every((one) => !one)))
  fc.assert(
    fc.property(country, (any) => pagesOf(publish(any, 1)).every((page) => page.hidden.every((one) => !one))),
    { numRuns: 30 },
  )
})

test('most of what need not be hidden is shown', () => {
  const pages = fc.sample(country, { numRuns: 100, seed: 3 }).flatMap((region) => pagesOf(publish(region, threshold)))
  const large = pages
    .flatMap((page) => page.counts.map((n, at) => ({ n, hidden: page.hidden[at] })))
    .filter(({ n }) => n >= 50)
  const shown = large.filter(({ hidden }) => !hidden).length / large.length
  assert.ok(shown > 0.5, String(shown))
})
