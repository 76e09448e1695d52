import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { RegionKind } from '#src/regions/index.ts'

export const deciles = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] as const
/** Kinds whose counts stand beneath a regency too; 16, 17, 19 and 25 are sealed. */
export const openKinds = Array.from({ length: 26 }, (_, at) => at + 1).filter(
  (kind) => ![16, 17, 19, 25].includes(kind),
)

export type PlaceRow = { code: string; name: string; kind: RegionKind }

/** The regions directly beneath, by code. */
export async function placesOf(tx: Tx, regionCode: string): Promise<PlaceRow[]> {
  const { rows } = await sql<PlaceRow>`
    select code, name, kind from region where parent_code = ${regionCode} order by code`.execute(tx)
  return rows
}
