import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import type { Programme } from './schema.ts'

/** The programmes that run on the day of the transaction's moment (in the zone of the capital), by name. */
export async function activeProgrammes(tx: Tx): Promise<Programme[]> {
  const today = sql<string>`(acting_now() at time zone 'Asia/Jakarta')::date`
  const rows = await tx
    .selectFrom('programme')
    .select(['code', 'name', 'full_name', 'region_code'])
    .where((eb) => eb.or([eb('active_from', 'is', null), eb('active_from', '<=', today)]))
    .where((eb) => eb.or([eb('active_to', 'is', null), eb('active_to', '>=', today)]))
    .orderBy('name')
    .execute()
  return rows.map((row) => ({
    code: row.code,
    name: row.name,
    fullName: row.full_name,
    regionCode: row.region_code,
  }))
}
