import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { localDay, nationalHolidays } from '#src/platform/calendar/index.ts'
import { withClient } from '#src/platform/db/owner.ts'
import { spellings } from './search-words.ts'
import { type RegionRow, dataSet, readTree } from './tree.ts'

export type LoadOptions = {
  /**
   * Only a part, for tests: codes of the regencies whose districts and villages are wanted (all provinces and
   * regencies are loaded), or a rule that says of any code whether it is.
   */
  only?: readonly string[] | ((code: string) => boolean)
  onProgress?: (line: string) => void
  now?: Date
}

/** Raised when what is stored for a region or an office changes though the data set does not. */
const FORM = 2

/**
 * Loads the regions and their offices by COPY; seven seconds for the first time on two busy cores. Doing it again changes nothing and takes
 * milliseconds; a newer data set adds regions and renames them, and never removes one. An office whose name or
 * contact somebody edited keeps it. Also fills the national holidays of this year and the next, once for each year.
 *
 * @param ownerUrl the role that owns the tables
 * @returns how many regions and offices there are now, the nation included
 */
export async function loadRegions(
  ownerUrl: string,
  options: LoadOptions = {},
): Promise<{ regions: number; offices: number }> {
  const onProgress = options.onProgress ?? (() => {})
  const { folder, version } = await dataSet()
  const wanted = options.only ? null : `${version}/${FORM}`
  return withClient(ownerUrl, {}, async (client) => {
    await client.query('begin')
    // Two processes that start together take turns; the second finds everything there.
    await client.query('select pg_advisory_xact_lock(7421, 2)')
    await fillHolidaysAsOwner(client, options.now ?? new Date())
    const loaded = await client.query<{ version: string }>(`select version from reference_load where what = 'regions'`)
    if (!wanted || loaded.rows[0]?.version !== wanted) {
      onProgress('Reading the regions')
      const rows = chosen(await readTree(folder), options.only)
      onProgress(`Loading ${rows.length} regions`)
      await load(client, rows)
      if (wanted)
        await client.query(
          `insert into reference_load (what, version) values ('regions', $1)
           on conflict (what) do update set version = excluded.version, loaded_at = clock_timestamp()`,
          [wanted],
        )
    }
    // Programmes are shipped before there are regions: those of a region that does not exist end here. Nothing where it was validated before.
    await client.query('alter table programme validate constraint programme_region_code_fkey')
    await client.query('commit')
    const { rows } = await client.query<{ regions: string; offices: string }>(
      'select (select count(*) from region) regions, (select count(*) from office) offices',
    )
    return { regions: Number(rows[0]?.regions), offices: Number(rows[0]?.offices) }
  })
}

function chosen(rows: RegionRow[], only: LoadOptions['only']): RegionRow[] {
  if (!only) return rows
  if (typeof only === 'function') return rows.filter((row) => only(row.code))
  const regencies = new Set(only)
  return rows.filter((row) => row.code.length <= 5 || regencies.has(row.code.slice(0, 5)))
}

const columns = 'code, parent_code, tier, kind, name, path_name, time_zone, search_name, search_path'

async function load(client: pg.Client, rows: RegionRow[]): Promise<void> {
  await client.query(`create temp table fresh on commit drop as select ${columns} from region with no data`)
  await client.query('create temp table fresh_name on commit drop as select * from place_name with no data')
  const names = [...new Set(rows.map((row) => row.searchName))].map((name) => [name, `{${spellings(name).join(',')}}`])
  await copy(client, `fresh (${columns})`, rows.map(stored))
  await copy(client, 'fresh_name', names)
  await client.query('analyze fresh')
  const { rows: present } = await client.query<{ n: string }>('select count(*) n from region')
  const isFirst = Number(present[0]?.n) <= 1
  await client.query(OFFICE_NAME)
  if (isFirst) {
    // Building the indexes at the end halves the time; and the audit log gets one line instead of 96,000.
    await client.query('drop index region_name, place_name_spellings, place_name_parts')
    await client.query('alter table office disable trigger audit_insert')
  }
  await client.query(RENAME_OFFICES)
  await client.query(PUT_REGIONS)
  await client.query(PUT_OFFICES)
  await putPoints(client)
  await client.query('insert into place_name select * from fresh_name on conflict do nothing')
  if (isFirst) {
    await client.query('create index region_name on region (search_name collate "C")')
    await client.query('create index place_name_spellings on place_name using gin (spellings)')
    await client.query('create index place_name_parts on place_name using gin (name gin_trgm_ops)')
    await client.query('alter table office enable trigger audit_insert')
    await client.query(
      `select record_act('load', 'region', '00', '00', jsonb_build_object('rows', $1::int), 'reference data')`,
      [rows.length],
    )
  }
  await client.query('analyze region, office, place_name')
}

/** Where regions lie; a province in the middle of its regencies. */
async function putPoints(client: pg.Client): Promise<void> {
  const text = await readFile(new URL('./points/points.csv', import.meta.url), 'utf8')
  const points = text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','))
  await client.query(
    `update region r set lat = p.lat, lon = p.lon from unnest($1::text[], $2::real[], $3::real[]) p (code, lat, lon)
     where r.code = p.code and (r.lat, r.lon) is distinct from (p.lat, p.lon)`,
    [points.map(([code]) => code), points.map(([, lat]) => lat), points.map(([, , lon]) => lon)],
  )
  await client.query(
    `update region r set lat = m.lat, lon = m.lon
     from (select parent_code, avg(lat)::real lat, avg(lon)::real lon from region where tier = 'regency' and lat is not null group by 1) m
     where r.code = m.parent_code and r.tier = 'province' and (r.lat, r.lon) is distinct from (m.lat, m.lon)`,
  )
}

const stored = (row: RegionRow) => [
  row.code,
  row.parentCode,
  row.tier,
  row.kind,
  row.name,
  row.pathName,
  row.timeZone,
  row.searchName,
  row.searchPath,
]

const copy = (client: pg.Client, target: string, rows: string[][]) =>
  pipeline(Readable.from(copyLines(rows)), client.query(copyFrom(`copy ${target} from stdin`)))

/** Lines of COPY's text format, in pieces of some hundred kilobytes. */
function* copyLines(rows: string[][]): Generator<string> {
  let piece = ''
  for (const row of rows) {
    piece += `${row.map(escaped).join('\t')}\n`
    if (piece.length > 300_000) {
      yield piece
      piece = ''
    }
  }
  if (piece) yield piece
}

const copyEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
const escaped = (text: string) => text.replace(/[\\\t\n\r]/g, (character) => copyEscapes[character] ?? character)

const PUT_REGIONS = `
  insert into region (${columns}) select ${columns} from fresh
  on conflict (code) do update set
    kind = excluded.kind, name = excluded.name, path_name = excluded.path_name, time_zone = excluded.time_zone,
    search_name = excluded.search_name, search_path = excluded.search_path
  where (region.kind, region.name, region.path_name, region.time_zone, region.search_name, region.search_path)
    is distinct from
    (excluded.kind, excluded.name, excluded.path_name, excluded.time_zone, excluded.search_name, excluded.search_path)`

// The names offices have until somebody writes a better one. Seven agencies besides the social one work in regencies and
// provinces; in a regency the social office is also the secretariat of the SLRT.
const OFFICE_NAME = `
  create or replace function pg_temp.office_name(agency text, tier text, kind text, name text) returns text immutable language sql as $$
    select case
      when agency = 'social' then case tier
        when 'nation' then 'Kementerian Sosial'
        when 'province' then 'Dinas Sosial Provinsi ' || name
        when 'regency' then 'Dinas Sosial ' || name || ' (SLRT)'
        when 'district' then initcap(kind) || ' ' || name
        else 'Puskesos ' || initcap(replace(kind, '_', ' ')) || ' ' || name end
      when agency = 'health_insurance' and tier = 'province' then 'BPJS Kesehatan Wilayah Provinsi ' || name
      when agency = 'women_children' then case tier when 'province' then 'DP3A Provinsi ' || name else 'DP3A dan UPTD PPA ' || name end
      else case agency
        when 'health' then 'Dinas Kesehatan'
        when 'education' then 'Dinas Pendidikan'
        when 'civil_registry' then 'Dinas Kependudukan dan Pencatatan Sipil (Disdukcapil)'
        when 'health_insurance' then 'BPJS Kesehatan Cabang'
        when 'housing' then 'Dinas Perumahan Rakyat dan Kawasan Permukiman (DPRKP)'
        when 'manpower' then 'Dinas Tenaga Kerja (Disnaker)' end
        || case tier when 'province' then ' Provinsi ' else ' ' end || name end $$`

const RENAME_OFFICES = `
  update office o set name = pg_temp.office_name(o.agency, o.tier, f.kind, f.name)
  from fresh f join region r using (code)
  where o.region_code = r.code and (f.kind, f.name) <> (r.kind, r.name)
    and o.name = pg_temp.office_name(o.agency, o.tier, r.kind, r.name)`

const PUT_OFFICES = `
  insert into office (id, region_code, agency, tier, name)
  select f.code || '/' || a.agency, f.code, a.agency, f.tier, pg_temp.office_name(a.agency, f.tier, f.kind, f.name)
  from fresh f
  join (values ('social'), ('health'), ('education'), ('civil_registry'), ('health_insurance'), ('housing'), ('manpower'), ('women_children'))
    a (agency) on a.agency = 'social' or f.tier in ('province', 'regency')
  on conflict do nothing`

/** National holidays of this year and the next into the editable table, once for each year. */
async function fillHolidaysAsOwner(client: pg.Client, now: Date): Promise<void> {
  const { rows } = await client.query<{ what: string }>('select what from reference_load')
  const filled = new Set(rows.map((row) => row.what))
  // Asked first, because computing a year loads a package that takes longer than all the rest of a later start.
  for (const year of yearsToFill(now).filter((one) => !filled.has(`holidays ${one}`)))
    await client.query('select fill_holidays($1, $2)', [year, JSON.stringify(nationalHolidays(year))])
}

/** The years whose holidays should be in the table: this one and the next. */
export function yearsToFill(now: Date): number[] {
  const year = Number(localDay(now, 'Asia/Jakarta').slice(0, 4))
  return [year, year + 1]
}
