import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ZoneId } from '#src/platform/calendar/index.ts'
import { parseCsv } from './csv.ts'
import type { RegionKind, Tier } from './schema.ts'
import { plain } from './search-words.ts'

/** One region as it is stored. */
export type RegionRow = {
  code: string
  parentCode: string
  tier: Tier
  kind: RegionKind
  name: string
  pathName: string
  timeZone: ZoneId
  searchName: string
  searchPath: string
}

/** The folder of CSV files and the version of the data set, as installed. */
export async function dataSet(): Promise<{ folder: string; version: string }> {
  const entry = fileURLToPath(import.meta.resolve('idn-area-data'))
  const root = path.join(path.dirname(entry), '..')
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as { version: string }
  return { folder: path.join(root, 'data'), version: `idn-area-data ${version}` }
}

/**
 * Every region below the nation, parents before children. Source: the CSV files of `idn-area-data` (ODbL).
 * 91,591 rows in about a second.
 */
export async function readTree(folder: string): Promise<RegionRow[]> {
  const files = ['provinces.csv', 'regencies.csv', 'districts.csv', 'villages.csv']
  const tables = await Promise.all(files.map(async (file) => parseCsv(await readFile(path.join(folder, file), 'utf8'))))
  const byCode = new Map<string, RegionRow>()
  for (const table of tables)
    for (const record of table) {
      const code = record['code']
      const name = record['name']
      if (!code || !name) throw new Error(`a region without code or name: ${JSON.stringify(record)}`)
      byCode.set(code, regionRow(code, shown(name), byCode))
    }
  return [...byCode.values()]
}

/** Some names write the glottal stop as a double quote ('Ra"as'), most as an apostrophe; and some carry a footnote star. */
const shown = (name: string) => name.replaceAll('"', "'").replaceAll('*', '').replace(/\s+/g, ' ').trim()

function regionRow(code: string, name: string, known: ReadonlyMap<string, RegionRow>): RegionRow {
  const ancestors: RegionRow[] = []
  for (let up = parentOf(code); up !== '00'; up = parentOf(up)) {
    const ancestor = known.get(up)
    if (!ancestor) throw new Error(`region ${code} has no parent ${up} in the data set`)
    ancestors.push(ancestor)
  }
  const tier = tierOf(code)
  const kind = kindOf(code, tier, name)
  const searchName = ownName(name, tier)
  const kinds = [kind, ...ancestors.map((one) => one.kind)].map((one) => one.replace('_', ''))
  return {
    code,
    parentCode: parentOf(code),
    tier,
    kind,
    name,
    pathName: [name, ...ancestors.map((one) => one.name)].join(', '),
    timeZone: zoneOf(code),
    searchName,
    searchPath: `${[searchName, ...ancestors.map((one) => one.searchName)].join('|')}||${kinds.join('|')}`,
  }
}

/** 'Kabupaten Bekasi' is asked for as 'bekasi', 'Daerah Khusus Ibukota Jakarta' as 'jakarta'. */
function ownName(name: string, tier: Tier): string {
  const said = plain(name)
  const prefix =
    tier === 'regency'
      ? /^(kabupaten|kota)( administrasi)? /
      : tier === 'province'
        ? /^daerah (khusus ibukota|istimewa) /
        : /^$/
  return said.replace(prefix, '').replaceAll(' ', '')
}

export const parentOf = (code: string): string => (code.includes('.') ? code.slice(0, code.lastIndexOf('.')) : '00')

const tiers = ['province', 'regency', 'district', 'village'] as const
export function tierOf(code: string): Tier {
  if (code === '00') return 'nation'
  const tier = tiers[code.split('.').length - 1]
  if (!tier) throw new Error(`not a region code: ${code}`)
  return tier
}

/** The fourth group of a village's code tells its kind by the first digit. */
const villageKinds: Readonly<Record<string, RegionKind>> = { 1: 'kelurahan', 2: 'desa', 3: 'desa_adat' }

function kindOf(code: string, tier: Tier, name: string): RegionKind {
  if (tier === 'province') return 'provinsi'
  if (tier === 'regency') return name.startsWith('Kota ') ? 'kota' : 'kabupaten'
  if (tier === 'district') return isPapua(code) ? 'distrik' : 'kecamatan'
  const kind = villageKinds[code.slice(9, 10)]
  if (!kind) throw new Error(`village ${code} is neither kelurahan, desa nor desa adat`)
  return kind
}

/** The provinces of Papua call a district 'distrik'. */
const isPapua = (code: string) => code >= '91' && code < '97'

/** The zones follow the provinces; checked against the offsets of the weather service's forecasts. */
const central = new Set(['51', '52', '53', '63', '64', '65', '71', '72', '73', '74', '75', '76'])
const eastern = new Set(['81', '82', '91', '92', '93', '94', '95', '96'])
export function zoneOf(code: string): ZoneId {
  const province = code.slice(0, 2)
  if (central.has(province)) return 'Asia/Makassar'
  return eastern.has(province) ? 'Asia/Jayapura' : 'Asia/Jakarta'
}
