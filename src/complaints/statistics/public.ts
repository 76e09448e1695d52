import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { getRegion } from '#src/regions/index.ts'
import { monthsBetween } from './months.ts'
import { catalogueNames } from './names.ts'
import { placesBeneath } from './places.ts'
import { getStatisticsRule } from './rules.ts'
import { tiers, type Figure, type PublicStatistics } from './schema.ts'

type Stored = { cells: Record<string, number | null>; medianDays: number | null }
const nothing: Stored = { cells: {}, medianDays: null }

/**
 * The published figures of a region, of `year` or the latest year there is. Runs as the public: it reads what was
 * published and cannot read anything else.
 */
export async function readPublicStatistics(
  tx: Tx,
  regionCode: string,
  year: number | undefined,
  now: Date,
  locale: Locale,
): Promise<PublicStatistics> {
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const editions = await sql<{ year: number; as_of: Date; smallest_shown: number }>`
    select year, as_of, smallest_shown from public_statistics_year order by year desc`.execute(tx)
  const chosen = year ?? editions.rows[0]?.year ?? now.getUTCFullYear()
  const edition = editions.rows.find((one) => one.year === chosen)
  const places = await placesBeneath(tx, regionCode)
  const pages = new Map<string, Stored>()
  if (edition) {
    const { rows } = await sql<{ region_code: string; figures: Stored }>`
      select region_code, figures from public_statistics
      where region_code = any (${[regionCode, ...places.map((place) => place.code)]}) and year = ${chosen} and as_of = ${edition.as_of}`.execute(
      tx,
    )
    for (const row of rows) pages.set(row.region_code, row.figures)
  }
  const own = pages.get(regionCode) ?? nothing
  const names = await catalogueNames(tx, locale)
  const figure = (id: string) => figureOf(own, id)
  return {
    region,
    path,
    year: chosen,
    years: editions.rows.map((one) => one.year),
    asOf: edition?.as_of.toISOString() ?? null,
    smallestShown: edition?.smallest_shown ?? (await getStatisticsRule(tx)).smallestShown,
    totals: {
      filed: figure('filed'),
      open: figure('state:open'),
      overdue: figure('overdue'),
      settled: figure('state:settled'),
      rejected: figure('state:rejected'),
      withdrawn: figure('state:withdrawn'),
      joined: figure('state:joined'),
      answered: figure('answered'),
      medianDays: own.medianDays,
      satisfiedShare: satisfiedShare(own),
    },
    tiers: tiers.map((tier) => ({
      tier,
      open: figure(`open:${tier}`),
      overdue: figure(`overdue:${tier}`),
      answered: figure(`answered:${tier}`),
    })),
    matters: list(own, 'matter', names.matters),
    programmes: list(own, 'programme', names.programmes),
    classes: keysOf(own, 'class').map((key) => ({
      class: key as PublicStatistics['classes'][number]['class'],
      count: figure(`class:${key}`),
    })),
    doors: keysOf(own, 'door').map((key) => ({
      door: key as PublicStatistics['doors'][number]['door'],
      count: figure(`door:${key}`),
    })),
    trend: monthsBetween(`${chosen}-01`, lastMonth(chosen, edition?.as_of ?? now)).map((month) => ({
      month,
      filed: figure(`month:${month.slice(5)}`),
    })),
    children: places.map((place) => {
      const theirs = pages.get(place.code) ?? nothing
      return {
        region: place,
        filed: figureOf(theirs, 'filed'),
        open: figureOf(theirs, 'state:open'),
        overdue: figureOf(theirs, 'overdue'),
        answered: figureOf(theirs, 'answered'),
        medianDays: theirs.medianDays,
      }
    }),
  }
}

function figureOf(page: Stored, id: string): Figure {
  const n = page.cells[id]
  return n === null ? { n: null, hidden: true } : { n: n ?? 0, hidden: false }
}

const keysOf = (page: Stored, dimension: string): string[] =>
  Object.keys(page.cells)
    .filter((id) => id.startsWith(`${dimension}:`))
    .map((id) => id.slice(dimension.length + 1))
    .sort((a, b) => rank(page, `${dimension}:${b}`) - rank(page, `${dimension}:${a}`) || (a < b ? -1 : 1))
// Hidden ones last: where they stand among the others would tell how large they are.
const rank = (page: Stored, id: string) => page.cells[id] ?? -1

const list = (page: Stored, dimension: string, names: ReadonlyMap<string, string>) =>
  keysOf(page, dimension).map((code) => ({
    code,
    name: names.get(code) ?? code,
    count: figureOf(page, `${dimension}:${code}`),
  }))

function satisfiedShare(page: Stored): number | null {
  const yes = figureOf(page, 'satisfied:true')
  const no = figureOf(page, 'satisfied:false')
  if (yes.n === null || no.n === null || yes.n + no.n === 0) return null
  return yes.n / (yes.n + no.n)
}

const lastMonth = (year: number, at: Date): string =>
  at.getUTCFullYear() > year ? `${year}-12` : `${year}-${String(Math.max(1, at.getUTCMonth() + 1)).padStart(2, '0')}`
