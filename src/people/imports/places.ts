import type { Tx } from '#src/platform/db/index.ts'
import { isWithin } from '#src/platform/db/index.ts'

export type Place = { code: string } | { fault: 'missing' | 'unknown' | 'ambiguous' | 'outside' }

export type PlaceWords = { code: string; province: string; regency: string; district: string; village: string }

/** Finds the village a row lies in: by its code, or by names, which count only within the region of whoever loads. */
export type Places = (words: PlaceWords) => Place

const plain = (name: string): string =>
  name
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
const prefix = {
  province: /^(provinsi|propinsi|prov|daerah khusus ibukota|daerah istimewa|dki|di) /,
  regency: /^(kabupaten|kab|kota|kodya|kotamadya)( administrasi| adm)? /,
  district: /^(kecamatan|kec|distrik) /,
  village: /^(desa|kelurahan|kel|ds|kampung|nagari|gampong|pekon) /,
} as const
type Level = keyof typeof prefix

const bare = (name: string, level: Level): string => plain(name).replace(prefix[level], '').replaceAll(' ', '')
const isCity = (name: string) => /^(kota|kodya|kotamadya)\b/.test(plain(name))
const saysKind = (name: string) => prefix.regency.test(`${plain(name)} `) && plain(name) !== bare(name, 'regency')

/** Reads the tree of regions once (91,000 rows in a fifth of a second); each answer is remembered. */
export async function openPlaces(tx: Tx, regionCode: string): Promise<Places> {
  const rows = await tx.selectFrom('region').select(['code', 'name', 'tier']).execute()
  const villages = new Set<string>()
  const names = new Map<string, string[]>()
  const nameOf = new Map<string, string>()
  for (const { code, name, tier } of rows) {
    nameOf.set(code, name)
    if (tier === 'nation') continue
    if (tier === 'village') villages.add(code)
    const key = `${tier}|${bare(name, tier as Level)}`
    const list = names.get(key)
    if (list) list.push(code)
    else names.set(key, [code])
  }

  const byCode = (said: string): Place => {
    const digits = said.replace(/[^0-9]/g, '')
    const code = `${digits.slice(0, 2)}.${digits.slice(2, 4)}.${digits.slice(4, 6)}.${digits.slice(6)}`
    if (digits.length !== 10 || !villages.has(code)) return { fault: 'unknown' }
    return isWithin(code, regionCode) ? { code } : { fault: 'outside' }
  }

  /** Those of this name that lie within one of `above`. */
  const named = (level: Level, name: string, above: readonly string[]): string[] => {
    const all = (names.get(`${level}|${bare(name, level)}`) ?? []).filter((code) =>
      above.some((one) => isWithin(code, one)),
    )
    if (level !== 'regency' || !saysKind(name)) return all
    return all.filter((code) => isCity(nameOf.get(code) ?? '') === isCity(name))
  }

  const byNames = ({ province, regency, district, village }: PlaceWords): Place => {
    if (!village) return { fault: 'missing' }
    let above: string[] = ['00']
    // Names above the region that loads are compared with its own line; a mismatch lies outside.
    for (const [level, name] of [
      ['province', province],
      ['regency', regency],
      ['district', district],
    ] as const) {
      if (!name) continue
      const found = named(level, name, above)
      if (found.length === 0) return { fault: 'unknown' }
      above = found
    }
    const meeting = above.filter((code) => isWithin(code, regionCode) || isWithin(regionCode, code))
    if (meeting.length === 0) return { fault: 'outside' }
    const within = named(
      'village',
      village,
      meeting.map((code) => (isWithin(code, regionCode) ? code : regionCode)),
    )
    const [only, another] = [...new Set(within)]
    if (only && !another) return { code: only }
    if (only) return { fault: 'ambiguous' }
    return named('village', village, meeting).length > 0 ? { fault: 'outside' } : { fault: 'unknown' }
  }

  const known = new Map<string, Place>()
  return (words) => {
    const key = `${words.code}|${words.province}|${words.regency}|${words.district}|${words.village}`
    const there = known.get(key)
    if (there) return there
    const place = words.code ? byCode(words.code) : byNames(words)
    if (known.size > 200_000) known.clear()
    known.set(key, place)
    return place
  }
}
