import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { countCells, medianDays, publicLayout, storedCells, type Fact } from './cells.ts'
import { getStatisticsRule } from './rules.ts'
import { suppress, type Above, type Layout } from '#src/platform/statistics/suppression.ts'

/** Folds everything that waits into the tally. Returns how many rows there were. */
export async function foldTally(db: Db): Promise<number> {
  const most = 20_000
  for (let all = 0; ;) {
    const folded = await db.asSystem('statistics: fold the tally', async (tx) => {
      const { rows } = await sql<{ n: number }>`select fold_tally(${most}) as n`.execute(tx)
      return rows[0]?.n ?? 0
    })
    all += folded
    if (folded < most) return all
  }
}

/**
 * Makes a new edition of the public figures of every year that changed since its last one, and of the current year if it
 * has none. Returns the years.
 *
 * Numbers are read in one snapshot, so that every page agrees with the one above. That transaction only reads: it has no
 * transaction id and holds nobody up; the pages are written by transactions of their own, a regency at a time.
 */
export async function publishStatistics(db: Db): Promise<number[]> {
  await foldTally(db)
  const now = db.clock()
  return db.asSystem('statistics: publish', async (tx) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(tx)
    const lock = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(7421, 11) as got`.execute(tx)
    // Another process is at it; two editions at once would clear each other away.
    if (!lock.rows[0]?.got) return []
    const { rows } = await sql<{ year: number }>`
      select year from complaint_tally_year t where not exists (
        select from public_statistics_year p where p.year = t.year and p.as_of >= t.changed_at)
      union select ${now.getUTCFullYear()}::int where not exists (
        select from public_statistics_year where year = ${now.getUTCFullYear()}::int)
      order by year`.execute(tx)
    for (const { year } of rows) await publishYear(db, tx, year, now)
    return rows.map((row) => row.year)
  })
}

type Region = { counts: number[]; median: number | null }
type Stored = { code: string; figures: string }

async function publishYear(db: Db, tx: Tx, year: number, asOf: Date): Promise<void> {
  const { smallestShown } = await getStatisticsRule(tx)
  const layout = await layoutNow(tx)
  const top = await regionsOf(tx, layout, year, sql`length(region_code) <= 5`)
  const codes = await codesBeneath(tx)
  const empty: Region = { counts: layout.ids.map(() => 0), median: null }

  const decide = (parent: string | null, above: Above | null, found: ReadonlyMap<string, Region>) => {
    const children = parent === null ? ['00'] : (codes.get(parent) ?? [])
    const regions = children.map((code) => found.get(code) ?? empty)
    const hidden = suppress(
      layout,
      smallestShown,
      above,
      regions.map((one) => one.counts),
    )
    return children.map((code, at) => {
      const { counts, median } = regions[at] ?? empty
      return { code, counts, median, hidden: hidden[at] ?? [] }
    })
  }
  const answered = layout.ids.indexOf('answered')
  const store = (pages: ReturnType<typeof decide>): Promise<void> =>
    write(
      db,
      year,
      asOf,
      pages.flatMap(({ code, counts, median, hidden }) => {
        const cells = storedCells(layout, counts, hidden)
        // A median of hidden answers would tell of them.
        const figures = { cells, medianDays: hidden[answered] ? null : median }
        return Object.keys(cells).length > 0 ? [{ code, figures: JSON.stringify(figures) }] : []
      }),
    )

  const nation = decide(null, null, top)
  await store(nation)
  for (const root of nation) {
    const provinces = decide(root.code, root, top)
    await store(provinces)
    for (const province of provinces) {
      const regencies = decide(province.code, province, top)
      await store(regencies)
      for (const regency of regencies) {
        // One regency at a time, as all 84,000 villages at once would be too much for memory. Nothing filed and nothing
        // hidden: nothing to say about what lies beneath either.
        if (!regency.counts.some((n) => n > 0) && !regency.hidden.includes(true)) continue
        const found = await regionsOf(
          tx,
          layout,
          year,
          sql`region_code > ${regency.code} and region_code < ${`${regency.code}~`}`,
        )
        const districts = decide(regency.code, regency, found)
        await store([...districts, ...districts.flatMap((district) => decide(district.code, district, found))])
      }
    }
  }
  await db.asSystem('statistics: a new edition', async (own) => {
    await sql`insert into public_statistics_year (year, as_of, smallest_shown) values (${year}, ${asOf}, ${smallestShown})
      on conflict (year) do update set as_of = excluded.as_of, smallest_shown = excluded.smallest_shown`.execute(own)
    await sql`delete from public_statistics where year = ${year} and as_of <> ${asOf}`.execute(own)
  })
}

/** Also the programmes that ended: their complaints are still counted. */
async function layoutNow(tx: Tx): Promise<Layout> {
  const { rows } = await sql<{ kind: string; code: string }>`
    select 'programme' as kind, code from programme
    union all select 'matter', code from complaint_matter where parent_code is null order by code`.execute(tx)
  const of = (kind: string) => rows.filter((row) => row.kind === kind).map((row) => row.code)
  return publicLayout({ programmes: of('programme'), matterGroups: of('matter') })
}

/** Codes of the regions directly beneath each region, in order. */
async function codesBeneath(tx: Tx): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ code: string; parent_code: string }>`
    select code, parent_code from region where parent_code is not null order by code`.execute(tx)
  const beneath = new Map<string, string[]>()
  for (const { code, parent_code } of rows) {
    const list = beneath.get(parent_code)
    if (list) list.push(code)
    else beneath.set(parent_code, [code])
  }
  return beneath
}

/** Counts of one year for the regions of a condition; villages are counted from their complaints, as they have no tally. */
async function regionsOf(
  tx: Tx,
  layout: Layout,
  year: number,
  which: ReturnType<typeof sql>,
): Promise<Map<string, Region>> {
  const first = `${year}-01-01`
  const next = `${year + 1}-01-01`
  const { rows } = await sql<Fact & { region_code: string }>`
    select region_code, dimension, month, key, sum(n)::bigint as n
    from (
      select region_code, dimension, case when dimension = 'state' then month end as month, key, n
      from complaint_tally where ${which} and dimension <> 'answered_in' and month >= ${first}::date and month < ${next}::date
      union all
      select a.code, dimension, case when dimension = 'state' then month end, key, n
      from complaint_tally_delta d cross join lateral tallied_regions(d.region_code) a
      where dimension <> 'answered_in' and month >= ${first}::date and month < ${next}::date
      union all
      select c.region_code, f.dimension, case when f.dimension = 'state' then f.month end, f.key, 1
      from complaint c cross join lateral complaint_facts(c, 'UTC') f
      where ${which} and length(c.region_code) > 8 and c.filed_on >= ${first}::date and c.filed_on < ${next}::date
        and f.dimension <> 'answered_in'
    ) t where ${which}
    group by 1, 2, 3, 4 having sum(n) <> 0`.execute(tx)
  return new Map(
    [...Map.groupBy(rows, (row) => row.region_code)].map(([code, facts]) => [
      code,
      { counts: countCells(layout, facts), median: medianDays(facts) },
    ]),
  )
}

async function write(db: Db, year: number, asOf: Date, pages: Stored[]): Promise<void> {
  if (pages.length === 0) return
  await db.asSystem('statistics: pages of an edition', async (tx) => {
    await sql`insert into public_statistics (region_code, year, as_of, figures)
      select code, ${year}, ${asOf}, figures::jsonb
      from unnest(${pages.map((one) => one.code)}::text[], ${pages.map((one) => one.figures)}::text[]) p (code, figures)
      on conflict (region_code, year, as_of) do update set figures = excluded.figures`.execute(tx)
  })
}
