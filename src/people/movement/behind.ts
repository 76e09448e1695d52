import { type RawBuilder, sql } from 'kysely'
import { isWithin, scopeEnd, type Actor, type Tx } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { getRegion } from '#src/regions/index.ts'
import { maskName } from '../names.ts'
import { type CountRow, readCounts } from './counts.ts'
import { openKinds, placesOf } from './places.ts'
import { listingOf } from './policy.ts'
import type { Behind, BehindQuery, BehindRow, BehindRows, BehindRowsQuery, PictureFigure } from './schema.ts'

/** What is counted in the register: whose rows, and under which keys of which dimension (see register_count in the migrations). */
export type Figured = { subject: 'family' | 'person'; dimension: string; keys: readonly string[] }

const lowest = ['1', '2', '3', '4']

/** Throws 400 for a decile or kind there is not, or whose persons are not told one by one. */
export function figured(figure: PictureFigure, key: string | undefined): Figured {
  const asked = key === 'unknown' ? '' : (key ?? 'none')
  switch (figure) {
    case 'active':
      return { subject: 'family', dimension: 'family', keys: ['active'] }
    case 'lowest':
      return { subject: 'family', dimension: 'decile', keys: lowest }
    case 'decile':
      if (key === undefined || !/^(|[1-9]|10)$/.test(asked)) throw invalid({ field: 'key', code: 'unknown' })
      return { subject: 'family', dimension: 'decile', keys: [asked] }
    case 'persons':
      return { subject: 'person', dimension: 'person', keys: [''] }
    case 'ppks':
      if (!openKinds.some((kind) => String(kind) === asked)) throw invalid({ field: 'key', code: 'unknown' })
      return { subject: 'person', dimension: 'ppks', keys: [asked] }
  }
}

/** What a figure comes to, of counts that were read. */
export const countOf = (rows: readonly CountRow[], { dimension, keys }: Figured): number =>
  rows.reduce((all, row) => all + (row.dimension === dimension && keys.includes(row.key) ? row.n : 0), 0)

/** The regions beneath a figure, each with its own. */
export async function readBehind(tx: Tx, actor: Actor, regionCode: string, query: BehindQuery): Promise<Behind> {
  const what = figured(query.figure, query.key)
  const { path, timeZone: _zone, children: _kinds, ...region } = await getRegion(tx, regionCode)
  const rows = await readCounts(tx, regionCode, [what.dimension])
  const beneath = Map.groupBy(rows, (row) => row.region)
  return {
    region,
    path: path.filter((one) => isWithin(one.code, actor.regionCode)),
    count: countOf(beneath.get(null) ?? [], what),
    children: (await placesOf(tx, regionCode)).map((place) => ({
      region: place,
      count: countOf(beneath.get(place.code) ?? [], what),
    })),
    listing: listingOf(actor, regionCode),
  }
}

/**
 * Rows of the register a figure counts, by the very function that counted them (family_counts, person_counts). What goes before it only spares
 * the call where the row's own column tells already.
 */
const counts = ({ subject, dimension, keys }: Figured): RawBuilder<boolean> =>
  sql`s.status = 'active' and ${spares(dimension, keys)} and exists (
    select from ${sql.ref(`${subject}_counts`)}(s) c where c.dimension = ${dimension} and c.key = any (${keys}::text[]))`

function spares(dimension: string, keys: readonly string[]): RawBuilder<boolean> {
  if (dimension === 'decile') return sql`coalesce(s.decile::text, '') = any (${keys}::text[])`
  if (dimension === 'ppks') return sql`s.ppks && ${keys}::smallint[]`
  return sql`true`
}

type Row = {
  id: string
  family_id: string | null
  name: string | null
  region_code: string
  region_name: string
  rt: string | null
  rw: string | null
}
export const presentRow = (row: Row): BehindRow => ({
  id: row.id,
  familyId: row.family_id,
  name: maskName(row.name),
  regionCode: row.region_code,
  regionName: row.region_name,
  rt: row.rt,
  rw: row.rw,
})

/** Names and places of families or persons `s`, which are joined to the register by their id. */
export const whoIs = (subject: Figured['subject']) =>
  subject === 'family'
    ? { family: sql`s.id`, joins: sql`left join family f on f.id = s.id left join person p on p.id = f.head_id` }
    : {
        family: sql`p.family_id`,
        joins: sql`left join person p on p.id = s.id left join family f on f.id = p.family_id`,
      }

/** The families or persons behind a figure, by place, fifty at a time. */
export async function listBehind(tx: Tx, regionCode: string, query: BehindRowsQuery): Promise<BehindRows> {
  const what = figured(query.figure, query.key)
  const most = 50
  const [code, id] = readPlace(query.after)
  const { family, joins } = whoIs(what.subject)
  const { rows } = await sql<Row>`
    select s.id, ${family} as family_id, p.name, s.region_code, r.name as region_name, f.rt, f.rw
    from (select s.id, s.region_code from ${sql.table(what.subject)} s
      where s.region_code >= ${regionCode} and s.region_code < ${scopeEnd(regionCode)} and ${counts(what)}
        and (${code}::text is null or (s.region_code, s.id) > (${code}::text, ${id}::uuid))
      order by s.region_code, s.id limit ${most + 1}) s join region r on r.code = s.region_code ${joins}
    order by s.region_code, s.id`.execute(tx)
  const last = rows[most - 1]
  const next = rows.length > most && last ? Buffer.from(`${last.region_code} ${last.id}`).toString('base64url') : null
  return { items: rows.slice(0, most).map(presentRow), next }
}

function readPlace(after: string | undefined): [string | null, string | null] {
  if (!after) return [null, null]
  const [, code, id] = /^([0-9.]{2,13}) ([0-9a-f-]{36})$/.exec(Buffer.from(after, 'base64url').toString()) ?? []
  if (!code || !id) throw invalid({ field: 'after', code: 'invalid' })
  return [code, id]
}
