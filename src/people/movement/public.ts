import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { getRegion } from '#src/regions/index.ts'
import { registerTerm } from '../register/terms.ts'
import { deciles, openKinds } from './places.ts'
import type { Figure, PublicPicture } from './schema.ts'

type Cells = Record<string, number | null>

/** The published figures of a region. Runs as the public: it reads what was published and cannot read anything else. */
export async function readPublicPicture(tx: Tx, regionCode: string, now: Date): Promise<PublicPicture> {
  const { path: _path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const { rows } = await sql<{ as_of: Date; smallest_shown: number; cells: Cells | null }>`
    select e.as_of, e.smallest_shown, p.cells from public_register_edition e
    left join public_register p on p.as_of = e.as_of and p.region_code = ${regionCode} order by e.as_of desc limit 1`.execute(
    tx,
  )
  const edition = rows[0]
  const cells = edition?.cells ?? {}
  const figure = (id: string): Figure => {
    const n = cells[id]
    return n === null ? { n: null, hidden: true } : { n: n ?? 0, hidden: false }
  }
  const kinds = openKinds.filter((kind) => `ppks:${kind}` in cells)
  // Hidden ones last: where they stand among the others would tell how large they are.
  const rank = (kind: number) => cells[`ppks:${kind}`] ?? -1
  return {
    region,
    asOf: edition?.as_of.toISOString() ?? null,
    smallestShown:
      edition?.smallest_shown ?? (await registerTerm(tx, 'smallest_shown', now.toISOString().slice(0, 10))).amount,
    active: figure('active'),
    persons: figure('person'),
    deciles: [
      ...deciles.map((decile) => ({ decile, count: figure(`decile:${decile}`) })),
      { decile: null, count: figure('decile:') },
    ],
    ppks: kinds.sort((a, b) => rank(b) - rank(a) || a - b).map((kind) => ({ kind, count: figure(`ppks:${kind}`) })),
    sealedPpks: regionCode.length <= 5 ? figure('sealed') : null,
  }
}
