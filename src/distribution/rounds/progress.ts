import { sql } from 'kysely'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import type { RegionKind } from '#src/regions/index.ts'
import { getRound, progressOf, rangeOf } from './round.ts'
import type { Progress, RoundProgress } from './schema.ts'

type Child = RoundProgress['children'][number]
type Point = Pick<Child, 'lat' | 'lon' | 'pointFrom'>
type Row = Progress & {
  code: string
  name: string
  kind: RegionKind
  lat: number | null
  lon: number | null
  point_from: 'region' | null
}

/** So many handovers of a village, the latest, tell where it is. */
const ENOUGH = 200

/** How far a round is, by the regions directly beneath one; a village shows itself. */
export async function roundProgress(
  tx: Tx,
  actor: Actor,
  id: string,
  region: string | undefined,
): Promise<RoundProgress> {
  const round = await getRound(tx, actor, id)
  const own = isWithin(round.region_code, actor.regionCode) ? round.region_code : actor.regionCode
  const code = region ?? own
  if (!isWithin(code, own)) throw notFound('region')
  const [from, to] = rangeOf(code)
  const { rows: path } = await sql<{ code: string; name: string; kind: RegionKind }>`
    select code, name, kind from region
    where (code = ${code} or code = '00' or ${code} like code || '.%') and (${own} = '00' or code = ${own} or code like ${own} || '.%')
    order by length(code), code <> '00'`.execute(tx)
  const last = path.at(-1)
  if (last?.code !== code) throw notFound('region')
  const width = code === '00' ? 2 : code.length === 8 || code.length === 13 ? 13 : code.length + 3
  const { rows } = await sql<Row>`
    select r.code, r.name, r.kind, r.lat, r.lon, case when r.lat is not null then 'region' end as point_from, k.total, k.delivered, k.undelivered, k.cancelled, k.invited, k.amount, k.given
    from (
      select left(key, ${width}) collate "C" as code, sum(total)::int as total, sum(delivered)::int as delivered, sum(undelivered)::int as undelivered,
        sum(cancelled)::int as cancelled, sum(invited)::int as invited, sum(amount)::bigint as amount, sum(given)::bigint as given
      from distribution_count where round_id = ${id} and dimension = 'village' and key >= ${from} and key < ${to} group by 1
    ) k join region r on r.code = k.code where k.total > 0 order by r.code`.execute(tx)
  const points = await villagePoints(tx, rows.filter((row) => row.lat === null).map((row) => row.code)) // prettier-ignore
  return {
    region: last,
    path,
    children: rows.map((row) => ({
      region: { code: row.code, name: row.name, kind: row.kind },
      ...(points.get(row.code) ?? { lat: row.lat, lon: row.lon, pointFrom: row.point_from }),
      ...progressOf(row),
    })),
  }
}

/**
 * Where villages are, of which no table knows it: the middle of their stops, whatever round they are of, else of where things were handed over
 * there. The middle is the median, which one position far away does not move. A village of which nothing is known is left out.
 */
async function villagePoints(tx: Tx, villages: readonly string[]): Promise<Map<string, Point>> {
  if (villages.length === 0) return new Map()
  const { rows } = await sql<{ code: string; lat: number; lon: number; from_stops: boolean }>`
    select v.code, coalesce(s.lat, h.lat) as lat, coalesce(s.lon, h.lon) as lon, s.lat is not null as from_stops
    from unnest(${villages}::text[]) v (code)
    cross join lateral (
      select percentile_cont(0.5) within group (order by lat) as lat, percentile_cont(0.5) within group (order by lng) as lon
      from distribution_stop where region_code = v.code collate "C" and lat is not null and not cancelled) s
    cross join lateral (
      select percentile_cont(0.5) within group (order by lat) as lat, percentile_cont(0.5) within group (order by lng) as lon
      from (select lat, lng from redemption where region_code = v.code collate "C" and lat is not null and s.lat is null
        order by happened_at desc limit ${ENOUGH}) r) h
    where coalesce(s.lat, h.lat) is not null`.execute(tx)
  return new Map(
    rows.map(({ code, lat, lon, from_stops }) => [
      code,
      { lat, lon, pointFrom: from_stops ? ('stops' as const) : ('handovers' as const) },
    ]),
  )
}
