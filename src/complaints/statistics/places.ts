import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Place } from './schema.ts'

/** The regions directly beneath, by code, with their point on the map where it is known. */
export async function placesBeneath(tx: Tx, regionCode: string): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select code, name, kind, lat, lon from region where parent_code = ${regionCode} order by code`.execute(tx)
  return rows
}
