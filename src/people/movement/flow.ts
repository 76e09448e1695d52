import { sql } from 'kysely'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { getRegion } from '#src/regions/index.ts'
import { presentRow, whoIs } from './behind.ts'
import { byKey, readCounts, sum, type CountRow } from './counts.ts'
import { monthOf, monthsUpTo } from './months.ts'
import { placesOf } from './places.ts'
import { listingOf } from './policy.ts'
import { reasons, type MovedQuery, type MovedRows, type Movement, type Reason } from './schema.ts'

const sides = ['family_in', 'family_out', 'person_in', 'person_out'] as const

/**
 * Who came and went in a month, by reason, and the twelve months up to it. A month is the one in which a change became known
 * in the region's own zone: what is reported late stands in the month it was learned, so that a month that is over stays as it is.
 */
export async function readMovement(
  tx: Tx,
  actor: Actor,
  regionCode: string,
  asked: string | undefined,
): Promise<Movement> {
  const month = asked ?? monthOf(actor.at)
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const months = monthsUpTo(month, 12)
  const past = await readCounts(tx, regionCode, ['family_in', 'family_out'], { from: months[0] ?? month, to: month })
  const rows = await readCounts(tx, regionCode, sides, { from: month, to: month })
  const own = rows.filter((row) => row.region === null)
  const beneath = Map.groupBy(rows, (row) => row.region)
  const places = await placesOf(tx, regionCode)
  const trend = past.filter((row) => row.region === null)
  const of = (list: readonly CountRow[], side: string, which?: (row: CountRow) => boolean) =>
    sum(byKey(list, side, which))
  return {
    region,
    path: path.filter((one) => isWithin(one.code, actor.regionCode)),
    month,
    families: { in: reasoned(own, 'family_in'), out: reasoned(own, 'family_out') },
    persons: { in: reasoned(own, 'person_in'), out: reasoned(own, 'person_out') },
    trend: months.map((one) => ({
      month: one,
      in: of(trend, 'family_in', (row) => row.month === one),
      out: of(trend, 'family_out', (row) => row.month === one),
    })),
    children: places.map((place) => {
      const theirs = beneath.get(place.code) ?? []
      return {
        region: place,
        in: of(theirs, 'family_in'),
        out: of(theirs, 'family_out'),
        listing: listingOf(actor, place.code),
      }
    }),
    listing: listingOf(actor, regionCode),
  }
}

/** Most frequent first. */
const reasoned = (rows: readonly CountRow[], side: string) =>
  [...byKey(rows, side)]
    .map(([reason, count]) => ({ reason: reason as Reason, count }))
    .sort((a, b) => b.count - a.count || reasons.indexOf(a.reason) - reasons.indexOf(b.reason))

type Row = Parameters<typeof presentRow>[0] & { reason: Reason; effective_on: string; recorded_at: Date; at: string }

/**
 * Who stands behind a count of a month, the latest first, fifty at a time: the very changes that were counted (register_moves in the
 * migrations). Changes that wait for a check are in no count yet and not here.
 */
export async function listMoved(tx: Tx, regionCode: string, query: MovedQuery): Promise<MovedRows> {
  const most = 50
  const { month, direction, who = 'family', reason = null } = query
  const place = query.after ? readPlace(query.after) : null
  const { family, joins } = whoIs(who)
  const { rows } = await sql<Row>`
    select s.id, ${family} as family_id, p.name, s.region_code, r.name as region_name, f.rt, f.rw, s.reason, s.effective_on,
      s.at as recorded_at, s.at::text as at
    from register_moves(${who}, ${regionCode}, ${`${month}-01`}::date) s join region r on r.code = s.region_code ${joins}
    where s.way = ${direction} and (${reason}::text is null or s.reason = ${reason}::text)
      and (${place === null} or (s.at, s.id) < (${place?.at ?? null}::timestamptz, ${place?.id ?? null}::uuid))
    order by s.at desc, s.id desc limit ${most + 1}`.execute(tx)
  const last = rows[most - 1]
  return {
    items: rows.slice(0, most).map((row) => ({
      ...presentRow(row),
      reason: row.reason,
      effectiveOn: row.effective_on,
      knownAt: row.recorded_at.toISOString(),
    })),
    next: rows.length > most && last ? Buffer.from(JSON.stringify([last.at, last.id])).toString('base64url') : null,
  }
}

function readPlace(after: string): { at: string; id: string } {
  try {
    const [at, id] = JSON.parse(Buffer.from(after, 'base64url').toString()) as [unknown, unknown]
    if (
      typeof at === 'string' &&
      /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(at) &&
      typeof id === 'string' &&
      /^[0-9a-f-]{36}$/.test(id)
    )
      return { at, id }
  } catch {
    // Not JSON at all: refused below like every other cursor that is not ours.
  }
  throw invalid({ field: 'after', code: 'invalid' })
}
