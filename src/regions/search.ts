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
  const isEnough = words.length === 1 ? found.length >= options.limit : found.some((one) => isWhole(words, one.path))
  const regions = found.map(({ path: _, ...region }) => region)
  if (isEnough) return regions
  const seen = new Set(found.map((one) => one.code))
  const alike = await byLikeness(tx, words, options)
  return [...regions, ...alike.filter((one) => !seen.has(one.code))].slice(0, options.limit)
}

/**
 * Whether everything typed is a name or kind in this path ('mee|matangkuli|acehutara|aceh||desa|kecamatan|…'), the last word perhaps
 * half typed. 'atang mee, matangkuli' is not: there is a Mee, but Matang Mee was meant.
 */
function isWhole(words: readonly string[], path: string): boolean {
  const [names = '', kinds = ''] = path.split('||')
  const whole = new Set(path.split('|'))
  const begins = (text: string, start: string) => `|${text}`.includes(`|${start}`)
  const left = new Set(words.keys())
  for (const { run, from, to } of runs(words, 6))
    if (
      whole.has(run) ||
      (to === words.length && begins(names, run)) ||
      (to === from + 1 && run.length >= 3 && begins(kinds, run))
    )
      for (let at = from; at < to; at++) left.delete(at)
  return left.size === 0
}

const wordsOf = (q: string): string[] =>
  plain(q)
    .split(' ')
    .flatMap((word) => (abbreviations[word] ?? word).split(' '))
    .filter((word) => word !== '')
    .slice(0, MOST_WORDS)

/** Some neighbouring words, `from` to before `to`, joined. */
type Run = { run: string; from: number; to: number }

/** Neighbouring words joined: a name may be any part of what was typed, and written with other gaps. */
function runs(words: readonly string[], most: number): Run[] {
  const found: Run[] = []
  for (let from = 0; from < words.length; from++)
    for (let to = from + 1; to <= Math.min(words.length, from + most); to++)
      found.push({ run: words.slice(from, to).join(''), from, to })
  return found
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

async function byName(
  tx: Tx,
  words: readonly string[],
  options: SearchOptions,
): Promise<(RegionRef & { path: string })[]> {
  const names = [...new Set(runs(words, 6).map(({ run }) => run))]
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
  const { rows } = await sql<RegionRef & { path: string }>`
    select ${shown}, r.search_path as path from region r
    where (${isExact} ${sql.join(ranges, sql` `)}) ${parts} ${inside(options)}
    order by ${isWholePath} ${isExact} desc, case when ${isExact} then -length(r.search_name) end, ${tierRank}, length(r.search_name), r.code
    limit ${options.limit}`.execute(tx)
  return rows
}

/** Of names that are alike, those that also fit best to the rest of what was typed. */
async function byLikeness(tx: Tx, words: readonly string[], options: SearchOptions): Promise<RegionRef[]> {
  const near = await nearNames(tx, words)
  if (near.length === 0) return []
  const names = sql`unnest(${near.map((one) => one.name)}::text[], ${near.map((one) => one.nearness)}::real[],
    ${near.map((one) => one.from)}::int[], ${near.map((one) => one.to)}::int[]) n (name, nearness, first, beyond)`
  if (words.length === 1) {
    const { rows } = await sql<RegionRef>`
      select ${shown} from ${names} join region r on r.search_name collate "C" = n.name
      where true ${inside(options)}
      order by n.nearness desc, ${tierRank}, r.code limit ${options.limit}`.execute(tx)
    return rows
  }
  // The words that a name is like count as much as it is like them, every other word if the path holds it: else thirty Karanganyar
  // would hide Ngargoyoso from 'agargoyoso, karanganyar'. Word similarity is dear (10 us), so only the best 30 are compared by it.
  // 'Daerah Khusus Ibukota' and 'Administrasi' are in no search path, only in the names themselves.
  const others = sql`unnest(${words}::text[]) with ordinality w (word, at) where (w.at <= r.first or w.at > r.beyond)`
  const { rows } = await sql<RegionRef>`
    with near as (
      select r.*, n.nearness, n.first, n.beyond, (n.beyond - n.first) * n.nearness alike
      from ${names} join region r on r.search_name collate "C" = n.name
      where true ${inside(options)}
    ), best as (
      select r.*, r.alike + (select count(*) from ${others} and r.search_path like '%' || w.word || '%') as fit
      from near r
      order by fit desc, ${tierRank}, r.code limit 30
    ), judged as (
      select r.*, (r.alike + (select coalesce(sum(case when r.search_path || lower(r.path_name) like '%' || w.word || '%' then 1
        else word_similarity(w.word, r.search_path) end), 0) from ${others})) / ${words.length}::real likeness
      from best r
    )
    select ${shown} from judged r where r.likeness >= 0.5
    order by round(r.likeness::numeric, 3) desc, ${tierRank}, r.code
    limit ${options.limit}`.execute(tx)
  return rows
}

type Near = Run & { name: string; nearness: number }

/** Names like a part of what was typed, which part, and how like (0 to 1). */
async function nearNames(tx: Tx, words: readonly string[]): Promise<Near[]> {
  const near = new Map<string, Near>()
  const put = (name: string, run: Run | undefined, nearness: number) => {
    if (run && nearness > (near.get(name)?.nearness ?? 0)) near.set(name, { ...run, name, nearness })
  }
  // A name comes first and may have up to six words; further on in a long path there are words enough without long names.
  const first = runs(words.slice(0, 6), 6).filter(({ from }) => from === 0)
  const typed = new Map<string, Run>()
  for (const one of [...first, ...runs(words, words.length > 4 ? 2 : 3)])
    if (one.run.length >= 4 && !typed.has(one.run)) typed.set(one.run, one)
  if (typed.size === 0) return []

  const runOf = new Map([...typed.keys()].flatMap((run) => shortened(run).map((way) => [way, run] as const)))
  for (const run of typed.keys()) runOf.set(run, run)
  const numbers = [...new Set([...typed.keys()].flatMap(spellings))]
  // One look into the index for each number: as one overlap of arrays the planner reads the whole table (4 ms against 300). A few
  // thousand names, most of them with a number by chance, come as one text: as rows they take 3 ms to be read.
  const spelt = await sql<{ names: string }>`
    select coalesce(string_agg(p.name, ' '), '') as names from unnest(${numbers}::smallint[]) n (number)
    cross join lateral (select name from place_name where spellings @> array[n.number] offset 0) p`.execute(tx)
  for (const name of new Set(spelt.rows[0]?.names.split(' ')))
    for (const way of shortened(name)) {
      const run = runOf.get(way)
      const off = run === undefined ? 3 : slips(run, name, 2)
      if (run !== undefined && off <= (run.length < 8 ? 1 : 2)) put(name, typed.get(run), 1 - off / run.length)
    }

  const [word = ''] = words
  if (words.length === 1) {
    const holding = await sql<{ name: string }>`
      select name from place_name where name like ${`%${word}%`} order by length(name), name limit 100`.execute(tx)
    for (const { name } of holding.rows) put(name, typed.get(word), (0.8 * word.length) / name.length)
  }
  if (near.size > 0) return [...near.values()]

  const similar = await sql<{ name: string; run: string; nearness: number }>`
    select n.name, t.run, similarity(n.name, t.run) nearness from unnest(${[...typed.keys()].slice(0, 6)}::text[]) t (run)
    cross join lateral (select name from place_name where name % t.run order by similarity(name, t.run) desc, name limit 30) n`.execute(
    tx,
  )
  for (const { name, run, nearness } of similar.rows) put(name, typed.get(run), nearness)
  return [...near.values()]
}
