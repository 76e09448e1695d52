import { sql } from 'kysely'
import { type Actor, scopeEnd, type Tx } from '#src/platform/db/index.ts'
import { searchRegions, type RegionRef } from '#src/regions/index.ts'

/** One way of reading what was typed: these words are a name, and it is in one of these places (null: anywhere in reach). */
export type Reading = { words: readonly string[]; places: readonly RegionRef[] | null }

/** More kecamatan than this are not looked through one by one; the largest kabupaten has 52. */
const MOST_DISTRICTS = 60

/**
 * The ways to read the words: all of them as a name, and each run of words that names a place in reach as that place.
 * A place that was said to be one ('desa suruh') is looked for with slips too and holds in every reading.
 */
export async function readings(
  tx: Tx,
  actor: Actor,
  asked: { words: readonly string[]; place?: string; hasMore: boolean },
): Promise<Reading[]> {
  if (asked.place !== undefined) {
    const within = actor.regionCode === '00' ? {} : { within: actor.regionCode }
    const inReach = await searchRegions(tx, asked.place, { ...within, limit: 8 })
    // Whoever works in a village may well say its kecamatan too.
    const above = inReach.length > 0 ? [] : await searchRegions(tx, asked.place, { limit: 20 })
    const mine = above.some((one) => actor.regionCode.startsWith(one.code))
    return [{ words: asked.words, places: mine ? null : inReach }]
  }
  const all: Reading = { words: asked.words, places: null }
  const runs = runsOf(asked.words)
  if (runs.length === 0) return [all]
  const named = await regionsNamed(
    tx,
    actor,
    runs.map((one) => one.joined),
  )
  const found = runs.flatMap(({ joined, from, to }): Reading[] => {
    const regions = named.filter((one) => one.search_name === joined)
    const words = asked.words.filter((_, at) => at < from || at >= to)
    if (regions.length === 0 || (words.length === 0 && !asked.hasMore)) return []
    return [{ words, places: regions.some((one) => actor.regionCode.startsWith(one.code)) ? null : regions }]
  })
  return [all, ...found.slice(0, 2)]
}

/** Neighbouring words joined, longer ones first: 'Aren Jaya' before 'Jaya'. */
function runsOf(words: readonly string[]) {
  const found: { joined: string; from: number; to: number }[] = []
  for (let length = Math.min(3, words.length); length >= 1; length--)
    for (let from = 0; from + length <= words.length; from++) {
      const joined = words
        .slice(from, from + length)
        .join('')
        .replaceAll(/[^a-z0-9]/g, '')
      if (joined.length >= 3) found.push({ joined, from, to: from + length })
    }
  return found
}

/** Regions with one of these names that lie in reach, or hold whoever asks. */
async function regionsNamed(tx: Tx, actor: Actor, names: string[]): Promise<(RegionRef & { search_name: string })[]> {
  const from = actor.regionCode === '00' ? '00' : actor.regionCode
  const { rows } = await sql<RegionRef & { search_name: string }>`
    select r.code, r.name, r.kind, r.tier, r.path_name as "pathName", r.search_name from region r
    where r.search_name collate "C" = any (${names}) and r.tier <> 'nation'
      and (r.code >= ${from} and r.code < ${scopeEnd(actor.regionCode)} or starts_with(${actor.regionCode}, r.code))
    order by length(r.code), r.code limit 100`.execute(tx)
  return rows
}

/** The kecamatan of the places, or of whoever asks; null where they are too many to look through. */
export async function districtsOf(tx: Tx, codes: readonly string[]): Promise<string[] | null> {
  const found = new Set<string>()
  for (const code of codes) {
    if (code === '00' || code.length < 5) return null
    if (code.length >= 8) found.add(code.slice(0, 8))
    else {
      const { rows } = await sql<{ code: string }>`
        select code from region where tier = 'district' and code >= ${code} and code < ${scopeEnd(code)}`.execute(tx)
      for (const row of rows) found.add(row.code)
    }
    if (found.size > MOST_DISTRICTS) return null
  }
  return [...found]
}
