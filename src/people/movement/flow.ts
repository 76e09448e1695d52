import { sql } from 'kysely'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { getRegion } from '#src/regions/index.ts'
import { maskName } from '../names.ts'
import { byKey, readCounts, sum, type CountRow } from './counts.ts'
import { monthOf, monthsUpTo, nextMonth } from './months.ts'
import { placesOf } from './picture.ts'
import { mayListMoved } from './policy.ts'
import { reasons, type Direction, type MovedFamilies, type Movement, type Reason } from './schema.ts'

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
      return { region: place, in: of(theirs, 'family_in'), out: of(theirs, 'family_out') }
    }),
    mayList: mayListMoved(actor, regionCode),
  }
}

/** Most frequent first. */
const reasoned = (rows: readonly CountRow[], side: string) =>
  [...byKey(rows, side)]
    .map(([reason, count]) => ({ reason: reason as Reason, count }))
    .sort((a, b) => b.count - a.count || reasons.indexOf(a.reason) - reasons.indexOf(b.reason))

const kinds: Record<Direction, readonly string[]> = {
  in: ['registered', 'moved_in', 'family_split', 'reentered'],
  out: [
    'graduated_voluntary',
    'graduated_natural',
    'graduated_forced',
    'moved_out',
    'family_joined',
    'not_found',
    'merged',
  ],
}

type Row = {
  subject_id: string
  seq: number
  head: string | null
  region_code: string
  region_name: string
  rt: string | null
  rw: string | null
  kind: string
  effective_on: string
  recorded_at: Date
  at: string
  state: string
}

/**
 * The families behind the counts of a month, the latest first, fifty at a time: who they are only by letters, until they are opened with
 * a reason. Changes that wait for a check are shown as waiting; they are in no count yet.
 */
export async function listMoved(
  tx: Tx,
  regionCode: string,
  { month, direction, after }: { month: string; direction: Direction; after?: string | undefined },
): Promise<MovedFamilies> {
  const most = 50
  const place = after ? readPlace(after) : null
  const end = regionCode === '00' ? '~' : `${regionCode}~`
  const { rows } = await sql<Row>`
    select e.subject_id, e.seq, p.name as head, e.region_code, r.name as region_name, f.rt, f.rw, e.kind, e.effective_on, e.recorded_at,
      e.recorded_at::text as at, e.state
    from register_event e join region r on r.code = e.region_code
    left join family f on f.id = e.subject_id left join person p on p.id = f.head_id
    where e.region_code >= ${regionCode} and e.region_code < ${end} and e.subject = 'family' and e.kind = any (${kinds[direction]})
      and e.state in ('in_force', 'reported')
      and e.recorded_at >= (${`${month}-01`}::timestamp at time zone r.time_zone)
      and e.recorded_at < (${`${nextMonth(month)}-01`}::timestamp at time zone r.time_zone)
      and e.recorded_at >= ${`${month}-01`}::date - 2 and e.recorded_at < ${`${nextMonth(month)}-01`}::date + 2
      and (${place === null} or (e.recorded_at, e.subject_id, e.seq) < (${place?.at ?? null}::timestamptz, ${place?.id ?? null}::uuid, ${place?.seq ?? null}::int))
    order by e.recorded_at desc, e.subject_id desc, e.seq desc limit ${most + 1}`.execute(tx)
  const shown = rows.slice(0, most)
  const last = shown.at(-1)
  return {
    items: shown.map((row) => ({
      familyId: row.subject_id,
      head: maskName(row.head),
      regionCode: row.region_code,
      regionName: row.region_name,
      rt: row.rt,
      rw: row.rw,
      kind: row.kind,
      effectiveOn: row.effective_on,
      knownAt: row.recorded_at.toISOString(),
      waits: row.state === 'reported',
    })),
    next:
      rows.length > most && last
        ? Buffer.from(JSON.stringify([last.at, last.subject_id, last.seq])).toString('base64url')
        : null,
  }
}

function readPlace(after: string): { at: string; id: string; seq: number } {
  try {
    const [at, id, seq] = JSON.parse(Buffer.from(after, 'base64url').toString()) as [unknown, unknown, unknown]
    if (
      typeof at === 'string' &&
      /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(at) &&
      typeof id === 'string' &&
      /^[0-9a-f-]{36}$/.test(id) &&
      Number.isInteger(seq)
    )
      return { at, id, seq: seq as number }
  } catch {
    // Not JSON at all: refused below like every other cursor that is not ours.
  }
  throw invalid({ field: 'after', code: 'invalid' })
}
