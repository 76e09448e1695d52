import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Evidence } from './scoring.ts'

/** A pair as it was found. Ids in any order. */
export type FoundPair = {
  one: string
  other: string
  probability: number
  weight: number
  evidence: Evidence
  sameNik: boolean
}

/**
 * Writes down what was found. What has been decided stays decided, and what is known already gets the newest figures; answers how
 * many pairs are new. Persons who are gone or merged meanwhile are left out.
 */
export async function savePairs(tx: Tx, found: readonly FoundPair[]): Promise<number> {
  if (found.length === 0) return 0
  const rows = found.map(({ one, other, ...rest }) => ({
    left_id: one < other ? one : other,
    right_id: one < other ? other : one,
    probability: rest.probability,
    weight: rest.weight,
    evidence: rest.evidence,
    same_nik: rest.sameNik,
  }))
  const { rows: written } = await sql<{ fresh: boolean }>`
    insert into link_pair (left_id, right_id, left_region, right_region, region_code, probability, weight, evidence, same_nik, same_family, state)
    select distinct on (r.left_id, r.right_id) r.left_id, r.right_id, a.region_code, b.region_code, link_region(a.region_code, b.region_code),
      r.probability, r.weight, r.evidence, r.same_nik, coalesce(a.family_id = b.family_id, false), 'possible'
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as r (left_id uuid, right_id uuid, probability real, weight real, evidence jsonb, same_nik boolean)
    join person a on a.id = r.left_id and a.status <> 'merged' join person b on b.id = r.right_id and b.status <> 'merged'
    order by r.left_id, r.right_id
    on conflict (left_id, right_id) do update set probability = excluded.probability, weight = excluded.weight, evidence = excluded.evidence,
      left_region = excluded.left_region, right_region = excluded.right_region, region_code = excluded.region_code,
      same_nik = excluded.same_nik, same_family = excluded.same_family
      where link_pair.state = 'possible'
    returning (xmax = 0) as fresh`.execute(tx)
  return written.filter((row) => row.fresh).length
}

/** Pairs of a person that are no longer likely after a change go, unless somebody decided or asked about them. */
export async function dropUnlikely(tx: Tx, personId: string, still: readonly string[]): Promise<void> {
  await sql`delete from link_pair where state = 'possible' and referred_at is null and follows is null
    and (left_id = ${personId} and not right_id = any (${[...still]}::uuid[])
      or right_id = ${personId} and not left_id = any (${[...still]}::uuid[]))`.execute(tx)
}
