import type { Actor, Db } from '#src/platform/db/index.ts'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { pagedCsv, type PagedCsv } from '#src/platform/http/paged-csv.ts'
import { getRound } from './round.ts'
import type { Stop, StopsQuery } from './schema.ts'
import { listStops } from './stops.ts'

const STEP = 500

const columns: [string, (stop: Stop, locale: Locale) => string | number | null][] = [
  ['village', (stop) => stop.village.name],
  ['place', (stop) => stop.place],
  ['address', (stop) => stop.address],
  ['way', (stop, locale) => sentence(`distribution_way_${stop.way}`, locale)],
  ['starts', (stop) => stop.startsLocal.replace('T', ' ')],
  ['ends', (stop) => stop.endsLocal.replace('T', ' ')],
  ['people', (stop) => stop.people.map((one) => one.name).join(', ')],
  ['state', (stop, locale) => (stop.cancelled ? sentence('distribution_stop_cancelled', locale) : null)],
  ['families', (stop) => stop.total],
  ['delivered', (stop) => stop.delivered],
]

/** The schedule of a round as a file, in the time of each village. */
export async function stopsCsv(db: Db, actor: Actor, id: string, query: StopsQuery, locale: Locale): Promise<PagedCsv> {
  const round = await db.as(actor, (tx) => getRound(tx, actor, id))
  return pagedCsv(
    `${round.number}-jadwal.csv`,
    columns.map(([name]) => sentence(`distribution_column_${name}`, locale)),
    async (after) => {
      const { items, next } = await db.as(actor, (tx) =>
        listStops(tx, actor, id, { ...query, ...(after && { after }) }, STEP),
      )
      return { rows: items.map((stop) => columns.map(([, value]) => value(stop, locale))), next }
    },
  )
}
