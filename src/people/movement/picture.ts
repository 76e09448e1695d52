import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { getRegion } from '#src/regions/index.ts'
import { countOf, figured } from './behind.ts'
import { byKey, type CountRow, readCounts, readSealedCount } from './counts.ts'
import { deciles, openKinds, placesOf } from './places.ts'
import type { Picture, PictureFigure } from './schema.ts'

/** The register of a region as it is at this moment: families by decile, persons by PPKS kind, and the regions beneath. */
export async function readPicture(tx: Tx, actor: Actor, regionCode: string): Promise<Picture> {
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const places = await placesOf(tx, regionCode)
  const rows = await readCounts(tx, regionCode, ['family', 'decile', 'person', 'ppks'])
  const own = rows.filter((row) => row.region === null)
  const beneath = Map.groupBy(rows, (row) => row.region)
  const count = (figure: PictureFigure, key?: string, of: readonly CountRow[] = own) =>
    countOf(of, figured(figure, key))
  return {
    region,
    path: path.filter((one) => isWithin(one.code, actor.regionCode)),
    families: [...byKey(own, 'family')]
      .map(([status, one]) => ({ status, count: one }))
      .sort((a, b) => b.count - a.count),
    active: count('active'),
    persons: count('persons'),
    lowest: count('lowest'),
    deciles: [
      ...deciles.map((decile) => ({ decile, count: count('decile', String(decile)) })),
      { decile: null, count: count('decile', 'unknown') },
    ],
    ppks: openKinds
      .map((kind) => ({ kind, count: count('ppks', String(kind)) }))
      .filter((one) => one.count > 0)
      .sort((a, b) => b.count - a.count || a.kind - b.kind),
    sealedPpks: await readSealedCount(tx, regionCode),
    children: places.map((place) => {
      const theirs = beneath.get(place.code) ?? []
      return {
        region: place,
        active: count('active', undefined, theirs),
        persons: count('persons', undefined, theirs),
        lowest: count('lowest', undefined, theirs),
      }
    }),
  }
}
