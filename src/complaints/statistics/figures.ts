import { sql } from 'kysely'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { getRegion } from '#src/regions/index.ts'
import { medianDays, type Fact } from './cells.ts'
import { monthsBetween } from './months.ts'
import { catalogueNames } from './names.ts'
import { placesBeneath } from './places.ts'
import { tiers, type Statistics } from './schema.ts'

/**
 * The full figures of a region for complaints filed from month `from` to `to` ('YYYY-MM'). All numbers are of one moment:
 * a single statement counts them, what changed a second ago included. Throws a problem when there is no such region.
 */
export async function readStatistics(
  tx: Tx,
  actor: Actor,
  regionCode: string,
  { from, to }: { from: string; to: string },
  locale: Locale,
): Promise<Statistics> {
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const names = await catalogueNames(tx, locale)
  const places = await placesBeneath(tx, regionCode)
  const facts = await factsOf(tx, regionCode, from, to)
  const own = count(facts.get(null) ?? [])
  const answered = own.sum('answered')
  const answeredIn = own.byMonth('answered_in')
  const filedIn = own.byMonth('state')
  return {
    region,
    path: path.filter((one) => isWithin(one.code, actor.regionCode)),
    from,
    to,
    totals: {
      ...totals(own),
      settled: own.of('state', 'settled'),
      rejected: own.of('state', 'rejected'),
      withdrawn: own.of('state', 'withdrawn'),
      joined: own.of('state', 'joined'),
      satisfied: own.of('satisfied', 'true'),
      rated: own.sum('satisfied'),
    },
    tiers: tiers.map((tier) => ({
      tier,
      open: own.of('open', tier),
      overdue: own.of('overdue', tier),
      answered: own.of('answered', tier),
      answeredShare: share(own.of('answered', tier), answered),
    })),
    matters: own.list('matter').map(([code, n]) => ({ code, name: names.matters.get(code) ?? code, count: n })),
    programmes: own
      .list('programme')
      .map(([code, n]) => ({ code, name: names.programmes.get(code) ?? code, count: n })),
    classes: own
      .list('class')
      .map(([code, n]) => ({ class: code as Statistics['classes'][number]['class'], count: n })),
    doors: own.list('door').map(([code, n]) => ({ door: code as Statistics['doors'][number]['door'], count: n })),
    trend: monthsBetween(from, to).map((month) => ({
      month,
      filed: filedIn.get(month) ?? 0,
      answered: answeredIn.get(month) ?? 0,
    })),
    children: places.map((place) => {
      const theirs = count(facts.get(place.code) ?? [])
      const { medianDays: median, ...rest } = totals(theirs)
      return {
        region: place,
        ...rest,
        medianDays: median,
        answeredBelowShare: share(answeredWithin(place.code, theirs), theirs.sum('answered')),
      }
    }),
  }
}

/** Facts by region; null is the region itself. */
async function factsOf(tx: Tx, regionCode: string, from: string, to: string): Promise<Map<string | null, Fact[]>> {
  const { rows } = await sql<Fact & { region_code: string | null }>`
    select region_code, dimension, month, key, n
    from complaint_figures(${regionCode}, ${`${from}-01`}::date, ${`${to}-01`}::date)`.execute(tx)
  return Map.groupBy(rows, (row) => row.region_code)
}

type Counted = ReturnType<typeof count>

function count(facts: readonly Fact[]) {
  const dimensions = Map.groupBy(facts, (fact) => fact.dimension)
  const keys = (dimension: string) => {
    const found = new Map<string, number>()
    for (const { key, n } of dimensions.get(dimension) ?? []) found.set(key, (found.get(key) ?? 0) + n)
    return found
  }
  return {
    facts,
    of: (dimension: string, key: string) => keys(dimension).get(key) ?? 0,
    sum: (dimension: string) => (dimensions.get(dimension) ?? []).reduce((all, { n }) => all + n, 0),
    /** Keys and their counts, most frequent first. */
    list: (dimension: string) => [...keys(dimension)].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)),
    byMonth: (dimension: string) => {
      const found = new Map<string, number>()
      for (const { month, n } of dimensions.get(dimension) ?? []) {
        const text = month?.slice(0, 7) ?? ''
        found.set(text, (found.get(text) ?? 0) + n)
      }
      return found
    },
  }
}

function totals(counted: Counted) {
  const open = counted.of('state', 'open')
  const overdue = counted.sum('overdue')
  return {
    filed: counted.sum('state'),
    open,
    overdue,
    overdueShare: share(overdue, open),
    answered: counted.sum('answered'),
    medianDays: medianDays(counted.facts),
    satisfiedShare: share(counted.of('satisfied', 'true'), counted.sum('satisfied')),
  }
}

/** Answers a region gave itself or had given beneath it, by the length of its code. */
function answeredWithin(code: string, counted: Counted): number {
  const own = { 2: 3, 5: 2, 8: 1, 13: 0 }[code.length] ?? 4
  return tiers.slice(0, own + 1).reduce((all, tier) => all + counted.of('answered', tier), 0)
}

const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)
