import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'
import { suppress, type Above, type Layout } from '#src/platform/statistics/suppression.ts'
import { registerTerm } from '../register/terms.ts'
import { foldCounts } from './counts.ts'
import { monthOf } from './months.ts'
import { deciles, openKinds } from './places.ts'

/** The numbers published for every region, and their sums. A person can be of several PPKS kinds, so those add up to nothing. */
export const layout: Layout = (() => {
  const ids = [
    'active',
    ...deciles.map((one) => `decile:${one}`),
    'decile:',
    'person',
    ...openKinds.map((kind) => `ppks:${kind}`),
  ]
  return { ids, sums: [{ total: 0, parts: ids.flatMap((id, at) => (id.startsWith('decile:') ? [at] : [])) }] }
})()
/** Of a regency and above: also the persons of the sealed kinds, together. */
export const upperLayout: Layout = { ids: [...layout.ids, 'sealed'], sums: layout.sums }

type Stored = { code: string; cells: string }
type Page = { code: string; counts: number[]; hidden: readonly boolean[] }

/**
 * Makes this month's edition of the public figures, unless it is there. One a month: of editions of two days the difference would tell
 * of single families. Everything is read in one snapshot, so that every page agrees with the one above. Returns whether it was made.
 */
export async function publishRegister(db: Db): Promise<boolean> {
  await foldCounts(db)
  const now = db.clock()
  return db.asSystem('movement: publish', async (tx) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(tx)
    const lock = await sql<{ got: boolean }>`select pg_try_advisory_xact_lock(7421, 18) as got`.execute(tx)
    // Another process is at it; two editions at once would clear each other away.
    if (!lock.rows[0]?.got) return false
    const { rows } = await sql<{ as_of: Date }>`select as_of from public_register_edition`.execute(tx)
    if (rows.some((one) => monthOf(one.as_of) === monthOf(now))) return false
    const { amount: smallest } = await registerTerm(tx, 'smallest_shown', now.toISOString().slice(0, 10))
    await publishTree(db, tx, smallest, now)
    return true
  })
}

async function publishTree(db: Db, tx: Tx, smallest: number, asOf: Date): Promise<void> {
  const codes = await codesBeneath(tx)
  const upper = await countsOf(tx, sql`length(region_code) <= 5`)
  const sealed = await sealedCounts(tx)
  for (const [code, n] of sealed)
    for (const place of code === '00' ? ['00'] : [code, code.slice(0, 2), '00']) addSealed(upper, place, n)

  const decide = (
    wide: boolean,
    parent: Page | null,
    children: readonly string[],
    found: ReadonlyMap<string, number[]>,
  ): Page[] => {
    const used = wide ? upperLayout : layout
    const fitted = (counts: number[] | undefined) => used.ids.map((_, at) => counts?.[at] ?? 0)
    const above: Above | null = parent && {
      counts: fitted(parent.counts),
      hidden: used.ids.map((_, at) => parent.hidden[at] === true),
    }
    const counts = children.map((code) => fitted(found.get(code)))
    const hidden = suppress(used, smallest, above, counts)
    return children.map((code, at) => ({ code, counts: counts[at] ?? [], hidden: hidden[at] ?? [] }))
  }
  const store = (wide: boolean, pages: readonly Page[]) =>
    write(
      db,
      asOf,
      pages.flatMap((page) => {
        const cells = cellsOf(wide ? upperLayout : layout, page)
        return cells ? [{ code: page.code, cells }] : []
      }),
    )

  const nation = decide(true, null, ['00'], upper)
  await store(true, nation)
  for (const root of nation) {
    const provinces = decide(true, root, codes.get(root.code) ?? [], upper)
    await store(true, provinces)
    for (const province of provinces) {
      const regencies = decide(true, province, codes.get(province.code) ?? [], upper)
      await store(true, regencies)
      for (const regency of regencies) {
        // One regency at a time, as all villages at once would be too much for memory. Nothing there: nothing to say beneath either.
        if (!regency.counts.some((n) => n > 0) && !regency.hidden.includes(true)) continue
        const found = await countsOf(tx, sql`region_code > ${regency.code} and region_code < ${`${regency.code}~`}`)
        const districts = decide(false, regency, codes.get(regency.code) ?? [], found)
        const villages = districts.flatMap((district) => decide(false, district, codes.get(district.code) ?? [], found))
        await store(false, [...districts, ...villages])
      }
    }
  }
  await db.asSystem('movement: a new edition', async (own) => {
    await sql`insert into public_register_edition (as_of, smallest_shown) values (${asOf}, ${smallest})`.execute(own)
    await sql`delete from public_register_edition where as_of < ${asOf}`.execute(own)
    await sql`delete from public_register where as_of <> ${asOf}`.execute(own)
  })
}

function addSealed(counts: Map<string, number[]>, code: string, n: number): void {
  const own = counts.get(code) ?? upperLayout.ids.map(() => 0)
  const at = upperLayout.ids.length - 1
  own[at] = (own[at] ?? 0) + n
  counts.set(code, own)
}

/** What the database keeps of a region: hidden numbers as null, zeros left out; undefined where there is nothing to tell. */
function cellsOf({ ids }: Layout, { counts, hidden }: Page): string | undefined {
  const cells: Record<string, number | null> = {}
  ids.forEach((id, at) => {
    if (hidden[at]) cells[id] = null
    else if (counts[at]) cells[id] = counts[at]
  })
  return Object.keys(cells).length > 0 ? JSON.stringify(cells) : undefined
}

async function countsOf(tx: Tx, which: ReturnType<typeof sql>): Promise<Map<string, number[]>> {
  const { rows } = await sql<{ region_code: string; dimension: string; key: string; n: number }>`
    select region_code, dimension, key, sum(n)::bigint as n from (
      select region_code, dimension, key, n from register_count where ${which} and month = '-infinity'
      union all
      select a.code, dimension, key, n from register_count_delta d
      cross join lateral (select d.region_code code where length(d.region_code) > 8 union all select code from tallied_regions(d.region_code)) a
      where month = '-infinity'
    ) t where ${which} group by 1, 2, 3 having sum(n) <> 0`.execute(tx)
  const found = new Map<string, number[]>()
  for (const row of rows) {
    const at = layout.ids.indexOf(idOf(row.dimension, row.key))
    if (at < 0) continue
    const own = found.get(row.region_code) ?? upperLayout.ids.map(() => 0)
    own[at] = row.n
    found.set(row.region_code, own)
  }
  return found
}

const idOf = (dimension: string, key: string): string =>
  dimension === 'family'
    ? key === 'active'
      ? 'active'
      : ''
    : dimension === 'person'
      ? 'person'
      : `${dimension}:${key}`

/** By regency. */
async function sealedCounts(tx: Tx): Promise<Map<string, number>> {
  const { rows } = await sql<{ code: string; n: number }>`
    select left(s.region_code, 5) as code, count(*) as n from person_sealed s join person p on p.id = s.person_id
    where s.ppks <> '{}' and p.status = 'active' group by 1`.execute(tx)
  return new Map(rows.map((row) => [row.code, row.n]))
}

/** Codes of the regions directly beneath each region, in order. */
async function codesBeneath(tx: Tx): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ code: string; parent_code: string }>`
    select code, parent_code from region where parent_code is not null order by code`.execute(tx)
  return new Map(
    [...Map.groupBy(rows, (row) => row.parent_code)].map(([code, beneath]) => [code, beneath.map((one) => one.code)]),
  )
}

async function write(db: Db, asOf: Date, pages: Stored[]): Promise<void> {
  if (pages.length === 0) return
  await db.asSystem('movement: pages of an edition', async (tx) => {
    await sql`insert into public_register (as_of, region_code, cells)
      select ${asOf}, code, cells::jsonb from unnest(${pages.map((one) => one.code)}::text[], ${pages.map((one) => one.cells)}::text[]) p (code, cells)
      on conflict (as_of, region_code) do update set cells = excluded.cells`.execute(tx)
  })
}
