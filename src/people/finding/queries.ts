import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

const asArray = (keys: readonly number[]): string => `{${keys.join(',')}}`

/** People with a number of every group; the best `most` by those numbers and by likeness to `typed`. Ids only. */
export async function findPeople(
  tx: Tx,
  groups: readonly (readonly number[])[],
  best: { exact: readonly number[]; typed: string; low: string; high: string; most: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from find_people(${groups.map(asArray)}::text[], ${asArray(best.exact)}::integer[], ${best.typed}, ${best.low}, ${best.high}, ${best.most})`.execute(
    tx,
  )
  return rows.map((row) => row.id)
}

export async function findFamilies(
  tx: Tx,
  groups: readonly (readonly number[])[],
  range: { low: string; high: string; most: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from find_families(${groups.map(asArray)}::text[], ${range.low}, ${range.high}, ${range.most})`.execute(
    tx,
  )
  return rows.map((row) => row.id)
}

export async function findByNumber(
  tx: Tx,
  begins: string,
  ends: string,
  most: number,
): Promise<{ people: string[]; families: string[] }> {
  const { rows } = await sql<{ person_id: string | null; family_id: string | null }>`
    select person_id, family_id from find_by_number(${begins}, ${ends}, ${most})`.execute(tx)
  return {
    people: rows.flatMap((row) => row.person_id ?? []),
    families: rows.flatMap((row) => row.family_id ?? []),
  }
}

/**
 * Counts this search. `wait`: seconds until the next one where the account has searched enough in this hour (`searches_an_hour` of
 * register_term); `pages`: how many may be looked at (`search_pages`).
 */
export async function countSearch(tx: Tx): Promise<{ wait: number | null; pages: number }> {
  const term = (key: string) =>
    sql`(select amount from register_term where key = ${key} and valid_from <= acting_now()::date order by valid_from desc limit 1)`
  const { rows } = await sql<{ wait: number | null; pages: number }>`
    select count_search(${term('searches_an_hour')}) as wait, ${term('search_pages')} as pages`.execute(tx)
  const [counted] = rows
  if (!counted) throw new Error('register_term knows no limits of searching')
  return counted
}

/** What is compared of somebody who may be meant; read under row security. */
export type Candidate = {
  id: string
  family_id: string | null
  name: string
  nik: string | null
  birth_date: string | null
  region_code: string
  address: string | null
  rt: string | null
  rw: string | null
}

/** Candidates by their own ids, and one for each family: its head, or its eldest where it has none. */
export async function readCandidates(
  tx: Tx,
  people: readonly string[],
  families: readonly string[],
  withAddress: boolean,
): Promise<Candidate[]> {
  const heads =
    families.length === 0
      ? sql``
      : sql`union select m.id from unnest(${families}::uuid[]) w (id) cross join lateral (
          select p.id from person p where p.family_id = w.id and p.status <> 'merged'
          order by p.relationship = 'head' desc nulls last, p.birth_date nulls last, p.id limit 1) m`
  const address = withAddress
    ? sql`left join lateral (select address, rt, rw from family where id = p.family_id limit 1) f on true`
    : sql`cross join (select null::text address, null::text rt, null::text rw) f`
  // Row by row: a planner that knows nothing yet of a fresh table would read all of it.
  const { rows } = await sql<Candidate>`
    with wanted as materialized (select unnest(${people}::uuid[]) id ${heads})
    select p.*, f.address, f.rt, f.rw
    from wanted w cross join lateral (
      select id, family_id, name, nik, birth_date, region_code from person where id = w.id and status <> 'merged' limit 1) p ${address}`.execute(
    tx,
  )
  return rows
}

export type Shown = {
  id: string
  family_id: string | null
  name: string
  nik: string | null
  birth_date: string | null
  status: string
  rt: string | null
  rw: string | null
  village: string
  head: string | null
}

/** What is shown of a page of hits, in the order of the ids. */
export async function readShown(tx: Tx, ids: readonly string[]): Promise<Shown[]> {
  const { rows } = await sql<Shown>`
    select p.*, f.rt, f.rw, h.name as head, (select name from region where code = p.region_code) as village
    from unnest(${ids}::uuid[]) with ordinality w (id, at)
    cross join lateral (select id, family_id, name, nik, birth_date, status, region_code from person where id = w.id limit 1) p
    left join lateral (select rt, rw, head_id from family where id = p.family_id limit 1) f on true
    left join lateral (select name from person where id = f.head_id limit 1) h on true
    order by w.at`.execute(tx)
  return rows
}
