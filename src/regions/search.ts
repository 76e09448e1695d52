import { type RawBuilder, sql } from 'kysely'
import { type Tx, scopeEnd } from '#src/platform/db/index.ts'
import type { RegionRef, Tier } from './schema.ts'
import { plain, shortened, spellings } from './search-words.ts'
import { slips } from './slip.ts'

export type SearchOptions = { tier?: Tier; within?: string; limit: number }

/** What people write for names of provinces and kinds of regions. */
const abbreviations: Readonly<Record<string, string>> = {
  dki: 'jakarta',
  diy: 'yogyakarta',
  jabar: 'jawa barat',
  jateng: 'jawa tengah',
  jatim: 'jawa timur',
  sumut: 'sumatera utara',
  sumbar: 'sumatera barat',
  sumsel: 'sumatera selatan',
  babel: 'bangka belitung',
  kepri: 'kepulauan riau',
  ntb: 'nusa tenggara barat',
  ntt: 'nusa tenggara timur',
  kalbar: 'kalimantan barat',
  kalteng: 'kalimantan tengah',
  kalsel: 'kalimantan selatan',
  kaltim: 'kalimantan timur',
  kaltara: 'kalimantan utara',
  sulut: 'sulawesi utara',
  sulteng: 'sulawesi tengah',
  sulsel: 'sulawesi selatan',
  sultra: 'sulawesi tenggara',
  sulbar: 'sulawesi barat',
  malut: 'maluku utara',
  ds: 'desa',
}

/** A full path has at most some fifteen words; more is no place. */
const MOST_WORDS = 16

/**
 * Regions as people type them, best first: by code ('33.13'), by name ('karanganyar'), by name and what lies above it in any order
 * ('margahayu bekasi', 'kec. karanganyar kebumen'), half typed ('margahayu bek') or with a slip ('karanganyer').
 *
 * Order: the whole path, the exact name (the longer part of what was typed first), names that begin so, then names that
 * are alike; larger tiers first where that leaves a tie. Measured on all 91,600 regions in search.test.ts.
 */
export async function searchRegions(tx: Tx, q: string, options: SearchOptions): Promise<RegionRef[]> {
  if (/^\s*\d[\d.\s]*$/.test(q)) return byCode(tx, q, options)
  const words = wordsOf(q)
  if (words.length === 0) return []
  const found = await byName(tx, words, options)
  // One word that is somewhere a real name may still be a slip for a bigger place; several words that fit together are not.
  const isEnough = words.length === 1 ? found.length >= options.limit : found.length > 0
  if (isEnough) return found
  const seen = new Set(found.map((one) => one.code))
  const alike = await byLikeness(tx, words, options)
  return [...found, ...alike.filter((one) => !seen.has(one.code))].slice(0, options.limit)
}

const wordsOf = (q: string): string[] =>
  plain(q)
    .split(' ')
    .flatMap((word) => (abbreviations[word] ?? word).split(' '))
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)

/** Neighbouring words joined: a name may be any part of what was typed, and written with other gaps. */
function runs(words: readonly string[], most: number): string[] {
  const found = new Set<string>()
  for (let from = 0; from < words.length; from++)
    for (let to = from + 1; to <= Math.min(words.length, from + most); to++) found.add(words.slice(from, to).join(''))
  return [...found]
}

const tierRank = sql`array_position('{nation,province,regency,district,village}', r.tier)`
const shown = sql`r.code, r.name, r.kind, r.tier, r.path_name as "pathName"`

function inside({ tier, within }: SearchOptions): RawBuilder<unknown> {
  const byTier = tier ? sql`and r.tier = ${tier}` : sql``
  return within ? sql`${byTier} and r.code >= ${within} and r.code < ${scopeEnd(within)}` : byTier
}

/** '33.13', '3313', '33 13 09': the region with this code, then those whose codes begin so. */
async function byCode(tx: Tx, q: string, options: SearchOptions): Promise<RegionRef[]> {
  const digits = q.replaceAll(/\D/g, '').slice(0, 10)
  const code = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6), digits.slice(6)].filter(Boolean).join('.')
  const { rows } = await sql<RegionRef>`
    select ${shown} from region r
    where r.code >= ${code} and r.code < ${`${code}~`} ${inside(options)}
    order by length(r.code), r.code limit ${options.limit}`.execute(tx)
  return rows
}

async function byName(tx: Tx, words: readonly string[], options: SearchOptions): Promise<RegionRef[]> {
  const names = runs(words, 6)
  // The last word may still be being typed. Less than three letters begin too many villages to be of use, but not in one regency.
  const begun = words.slice(-6).map((_, at, last) => last.slice(at).join(''))
  const isWide = (options.within ?? '').length < 5
  const ranges = begun.map((start) => {
    const larger = start.length < 3 && isWide ? sql`and r.tier <> 'village'` : sql``
    return sql`or (r.search_name collate "C" >= ${start} and r.search_name collate "C" < ${`${start}~`} ${larger})`
  })
  const parts = words.length === 1 ? sql`` : sql`and r.search_path like all (${words.map((word) => `%${word}%`)})`
  const isWholePath =
    words.length === 1 ? sql`` : sql`regexp_replace(lower(r.path_name), '[^a-z0-9]', '', 'g') = ${words.join('')} desc,`
  const isExact = sql`(r.search_name collate "C" = any (${names}))`
  const { rows } = await sql<RegionRef>`
    select ${shown} from region r
    where (${isExact} ${sql.join(ranges, sql` `)}) ${parts} ${inside(options)}
    order by ${isWholePath} ${isExact} desc, case when ${isExact} then -length(r.search_name) end, ${tierRank}, length(r.search_name), r.code
    limit ${options.limit}`.execute(tx)
  return rows
}

/** Of names that are alike, those that also fit best to the rest of what was typed. */
async function byLikeness(tx: Tx, words: readonly string[], options: SearchOptions): Promise<RegionRef[]> {
  const near = await nearNames(tx, words)
  if (near.size === 0) return []
  const names = sql`unnest(${[...near.keys()]}::text[], ${[...near.values()]}::real[]) n (name, nearness)`
  if (words.length === 1) {
    const { rows } = await sql<RegionRef>`
      select ${shown} from ${names} join region r on r.search_name collate "C" = n.name
      where true ${inside(options)}
      order by n.nearness desc, ${tierRank}, r.code limit ${options.limit}`.execute(tx)
    return rows
  }
  // Word similarity is dear (10 us), so only the 30 that hold most of the words are compared by it.
  const { rows } = await sql<RegionRef>`
    with held as (
      select r.*, n.nearness,
        (select count(*) from unnest(${words}::text[]) w where r.search_path like '%' || w || '%') hits
      from ${names} join region r on r.search_name collate "C" = n.name
      where true ${inside(options)}
      order by hits desc, n.nearness desc, ${tierRank}, r.code limit 30
    ), judged as (
      select held.*, (select avg(case when search_path like '%' || w || '%' then 1 else word_similarity(w, search_path) end)
                      from unnest(${words}::text[]) w) likeness
      from held
    )
    select ${shown} from judged r where r.likeness >= 0.5
    order by round((r.likeness + r.nearness)::numeric, 2) desc, ${tierRank}, r.code
    limit ${options.limit}`.execute(tx)
  return rows
}

/** Names like a part of what was typed, and how like (0 to 1). */
async function nearNames(tx: Tx, words: readonly string[]): Promise<Map<string, number>> {
  const near = new Map<string, number>()
  const put = (name: string, nearness: number) => near.set(name, Math.max(nearness, near.get(name) ?? 0))
  // A name comes first and may have up to six words; further on in a long path there are words enough without long names.
  const first = words.slice(0, 6).map((_, at) => words.slice(0, at + 1).join(''))
  const typed = [...new Set([...first, ...runs(words, words.length > 4 ? 2 : 3)])].filter((run) => run.length >= 4)
  if (typed.length === 0) return near

  const runOf = new Map(typed.flatMap((run) => shortened(run).map((way) => [way, run] as const)))
  for (const run of typed) runOf.set(run, run)
  const numbers = [...new Set(typed.flatMap(spellings))]
  // One look into the index for each number: as one overlap of arrays the planner reads the whole table (4 ms against 300).
  const spelt = await sql<{ name: string }>`
    select p.name from unnest(${numbers}::smallint[]) n (number)
    cross join lateral (select name from place_name where spellings @> array[n.number] offset 0) p`.execute(tx)
  for (const { name } of spelt.rows)
    for (const way of shortened(name)) {
      const run = runOf.get(way)
      const off = run === undefined ? 3 : slips(run, name, 2)
      if (run !== undefined && off <= (run.length < 8 ? 1 : 2)) put(name, 1 - off / run.length)
    }

  if (words.length === 1) {
    const [word = ''] = words
    const holding = await sql<{ name: string }>`
      select name from place_name where name like ${`%${word}%`} order by length(name), name limit 100`.execute(tx)
    for (const { name } of holding.rows) put(name, (0.8 * word.length) / name.length)
  }
  if (near.size > 0) return near

  const similar = await sql<{ name: string; nearness: number }>`
    select n.name, similarity(n.name, t.run) nearness from unnest(${typed.slice(0, 6)}::text[]) t (run)
    cross join lateral (select name from place_name where name % t.run order by similarity(name, t.run) desc, name limit 30) n`.execute(
    tx,
  )
  for (const { name, nearness } of similar.rows) put(name, nearness)
  return near
}
