import { sql } from 'kysely'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { getRegion, type RegionKind } from '#src/regions/index.ts'
import { byKey, readCounts, readSealedCount, sum } from './counts.ts'
import type { Picture } from './schema.ts'

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

/** The register of a region as it is at this moment: families by decile, persons by PPKS kind, and the regions beneath. */
export async function readPicture(tx: Tx, actor: Actor, regionCode: string): Promise<Picture> {
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const places = await placesOf(tx, regionCode)
  const rows = await readCounts(tx, regionCode, ['family', 'decile', 'person', 'ppks'])
  const own = rows.filter((row) => row.region === null)
  const beneath = Map.groupBy(rows, (row) => row.region)
  const families = byKey(own, 'family')
  const byDecile = byKey(own, 'decile')
  const kinds = byKey(own, 'ppks')
  return {
    region,
    path: path.filter((one) => isWithin(one.code, actor.regionCode)),
    families: [...families].map(([status, count]) => ({ status, count })).sort((a, b) => b.count - a.count),
    active: families.get('active') ?? 0,
    persons: sum(byKey(own, 'person')),
    deciles: [
      ...deciles.map((decile) => ({ decile, count: byDecile.get(String(decile)) ?? 0 })),
      { decile: null, count: byDecile.get('') ?? 0 },
    ],
    ppks: openKinds
      .map((kind) => ({ kind, count: kinds.get(String(kind)) ?? 0 }))
      .filter((one) => one.count > 0)
      .sort((a, b) => b.count - a.count || a.kind - b.kind),
    sealedPpks: await readSealedCount(tx, regionCode),
    children: places.map((place) => {
      const theirs = beneath.get(place.code) ?? []
      return {
        region: place,
        active: byKey(theirs, 'family').get('active') ?? 0,
        persons: sum(byKey(theirs, 'person')),
        lowest: sum(byKey(theirs, 'decile', (row) => row.key !== '' && Number(row.key) <= 4)),
      }
    }),
  }
}
