import { type Comparison, type Row, unknown } from './compare.ts'

/**
 * Fellegi and Sunter's model with three kinds of pairs: one person (match), two people of one household, two people by chance. The
 * middle kind is what keeps twins and siblings apart: they share card, address and mother, and that proves nothing about the person.
 * Each list is the probability of a level given the kind, where both values are known.
 */
export type FieldModel = { match: number[]; chance: number[]; household?: number[] }
export type Model = {
  fields: Record<string, FieldModel>
  /** pairs of one person for each record */
  matches: number
  /** pairs of one household for each record; 0 where households are not known */
  households: number
}

/** How frequent a value is among the records, 0 to 1; for each comparison with a term. */
export type Terms = (key: string, value: string) => number

/** What is thought of a field before anything was seen, by the number of its levels. */
const firstGuess: Record<number, readonly number[]> = {
  2: [0.95, 0.05],
  3: [0.86, 0.08, 0.06],
  4: [0.86, 0.08, 0.03, 0.03],
  5: [0.8, 0.08, 0.05, 0.03, 0.04],
  6: [0.76, 0.1, 0.04, 0.02, 0.04, 0.04],
}
const guessFor = (levels: number): readonly number[] =>
  firstGuess[levels] ?? Array.from({ length: levels }, (_, at) => (at === 0 ? 0.8 : 0.2 / (levels - 1)))

/** Numbers from 0 to 1 that are the same in every run (Mulberry32). */
export function steadyRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function countTerms(comparisons: readonly Comparison[], rows: Iterable<Row>): Terms {
  const counts = new Map<string, Map<string, number>>()
  const known = new Map<string, number>()
  for (const { key, term } of comparisons) if (term) counts.set(key, new Map())
  for (const row of rows) {
    for (const { key, term } of comparisons) {
      const value = term?.(row)
      if (value === undefined || value === '') continue
      const map = counts.get(key)
      map?.set(value, (map.get(value) ?? 0) + 1)
      known.set(key, (known.get(key) ?? 0) + 1)
    }
  }
  // One more than seen: a value seen once is not as rare as one in all the records.
  return (key, value) => ((counts.get(key)?.get(value) ?? 0) + 1) / ((known.get(key) ?? 0) + 2)
}

/**
 * How often each level comes about by chance: measured on pairs drawn at random, nearly all of which are two people. Where values
 * have a term, how often two are the same is counted, not drawn: a birthday that one pair in twenty thousand shares is too rare for draws.
 */
export function chanceLevels(
  comparisons: readonly Comparison[],
  first: readonly Row[],
  second: readonly Row[],
  draws = 50_000,
): Record<string, number[]> {
  const random = steadyRandom(20261)
  const counts = comparisons.map(({ levels }) => new Float64Array(levels))
  for (let i = 0; i < draws; i++) {
    const a = first[Math.floor(random() * first.length)]
    const b = second[Math.floor(random() * second.length)]
    if (a === undefined || b === undefined || a === b) continue
    for (const [at, comparison] of comparisons.entries()) {
      const level = comparison.compare(a, b)
      const count = counts[at]
      if (level !== unknown && count) count[level] = (count[level] ?? 0) + 1
    }
  }
  return Object.fromEntries(
    comparisons.map(({ key, levels, term }, at) => {
      const count = [...(counts[at] ?? [])].map((value) => value + 0.5)
      const total = count.reduce((sum, value) => sum + value, 0)
      const shares = count.map((value) => value / total)
      const same = term && sameByChance(term, first, second)
      if (same !== undefined) {
        const rest = (1 - same) / (1 - (shares[0] ?? 0))
        for (const [level, value] of shares.entries()) shares[level] = level === 0 ? same : value * rest
      }
      return [key, shares.map((value) => Math.max(value, 1e-7 / levels))]
    }),
  )
}

/** The share of all pairs whose values are known that have the very same value; undefined where hardly any are known. */
function sameByChance(term: (row: Row) => string, first: readonly Row[], second: readonly Row[]): number | undefined {
  const count = (rows: readonly Row[]) => {
    const counts = new Map<string, number>()
    let known = 0
    for (const row of rows) {
      const value = term(row)
      if (value === '') continue
      known++
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    return { counts, known }
  }
  const one = count(first)
  const other = first === second ? one : count(second)
  const self = first === second ? 1 : 0
  const pairs = one.known * (other.known - self)
  if (pairs < 1e4) return undefined
  let same = 0
  for (const [value, times] of one.counts) same += times * ((other.counts.get(value) ?? 0) - self)
  return Math.min(0.999, (same + 0.5) / pairs)
}

/** Equal vectors are counted once: a hundred thousand pairs show a few thousand patterns. */
export type Patterns = { vectors: Int8Array[]; counts: number[] }

export function patternsOf(vectors: Iterable<Int8Array>): Patterns {
  const found = new Map<string, number>()
  const patterns: Patterns = { vectors: [], counts: [] }
  for (const vector of vectors) {
    const key = vector.join()
    const at = found.get(key)
    if (at === undefined) {
      found.set(key, patterns.counts.length)
      patterns.vectors.push(vector.slice())
      patterns.counts.push(1)
    } else patterns.counts[at] = (patterns.counts[at] ?? 0) + 1
  }
  return patterns
}

/**
 * Learns the model from unlabelled candidate pairs by expectation and maximisation. What chance does is given and stays; pairs that
 * were never candidates count as chance. `records` and `pairs`: how many there are in all. Weak prior counts hold rare levels steady.
 *
 * `known`: what one person's two records are like, from elsewhere, by key. What is learned here then has a say of a quarter at most, however many
 * pairs there are: in the register of a nation chance alone makes more pairs alike than there are people twice, and whatever chance does
 * that the model does not foresee (names of a region, the first of January) would be taken for one person.
 */
export function learn(
  comparisons: readonly Comparison[],
  patterns: Patterns,
  chance: Record<string, number[]>,
  size: { records: number; pairs: number; expected?: number },
  known?: Readonly<Record<string, readonly number[]>>,
  rounds = 40,
): Model {
  const withHouseholds = comparisons.some(({ household }) => household)
  const model: Model = {
    fields: Object.fromEntries(
      comparisons.map(({ key, levels, household }) => {
        const own = chance[key] ?? []
        const guess = [...guessFor(levels)]
        const match = [...(known?.[key] ?? guess)]
        return [
          key,
          { match, chance: own, ...(withHouseholds ? { household: household ? [...guess] : [...own] } : {}) },
        ]
      }),
    ),
    matches: size.expected ?? 0.2,
    households: withHouseholds ? 0.5 : 0,
  }
  const first = structuredClone(model.fields)
  for (let round = 0; round < rounds; round++) {
    const sums = comparisons.map(({ levels }) => ({
      match: new Float64Array(levels),
      household: new Float64Array(levels),
    }))
    let matches = 0
    let households = 0
    for (const [at, vector] of patterns.vectors.entries()) {
      const count = patterns.counts[at] ?? 0
      const p = judge(comparisons, model, vector, size)
      matches += p.match * count
      households += p.household * count
      for (let i = 0; i < vector.length; i++) {
        const level = vector[i] ?? unknown
        const sum = sums[i]
        if (level === unknown || !sum) continue
        sum.match[level] = (sum.match[level] ?? 0) + p.match * count
        sum.household[level] = (sum.household[level] ?? 0) + p.household * count
      }
    }
    for (const [at, { key, household }] of comparisons.entries()) {
      const field = model.fields[key]
      const start = first[key]
      const sum = sums[at]
      if (!field || !start || !sum) continue
      field.match = share(sum.match, start.match, known?.[key] ? knownSay * matches : 0)
      if (!household) capLast(field.match)
      if (field.household && start.household) field.household = share(sum.household, start.household)
    }
    model.matches = Math.max(matches, 0.5) / size.records
    model.households = withHouseholds ? Math.max(households, 0.5) / size.records : 0
  }
  return model
}

/** One person mostly agrees in what is theirs: a class whose names or birthdays mostly differ is something else, however many pairs it has. */
const mostDiffering = 0.2
function capLast(levels: number[]): void {
  const last = levels.length - 1
  const differs = levels[last] ?? 0
  if (differs <= mostDiffering) return
  const rest = (1 - mostDiffering) / (1 - differs)
  for (let at = 0; at < last; at++) levels[at] = (levels[at] ?? 0) * rest
  levels[last] = mostDiffering
}

const priorCounts = 8
/** What is known beforehand counts as so many times the pairs of one person, also for what is unknown in most of them. */
const knownSay = 3
function share(sums: Float64Array, prior: readonly number[], known = 0): number[] {
  const seen = sums.reduce((sum, value) => sum + value, 0)
  const before = Math.max(priorCounts, known)
  return prior.map((value, at) => ((sums[at] ?? 0) + before * value) / (seen + before))
}

export type Judgement = { match: number; household: number; weight: number }

/**
 * The probability that a pair of this vector is one person, or two of one household. `rarity` gives, for a level 0, how frequent the very
 * value is: agreeing on a rare name says more than on a common one. weight: log2 of the odds.
 */
export function judge(
  comparisons: readonly Comparison[],
  model: Model,
  vector: Int8Array,
  size: { records: number; pairs: number },
  rarity?: (at: number) => number,
): Judgement {
  let match = Math.log2((model.matches * size.records) / size.pairs)
  let household = model.households > 0 ? Math.log2((model.households * size.records) / size.pairs) : -Infinity
  for (let i = 0; i < vector.length; i++) {
    const level = vector[i] ?? unknown
    if (level === unknown) continue
    const comparison = comparisons[i]
    const field = comparison && model.fields[comparison.key]
    if (!field) continue
    const least = comparison.least?.[level] ?? 0
    const byChance = Math.max(least, field.chance[level] ?? 1)
    const rare = level === 0 && rarity && comparison.term ? Math.max(rarity(i), 1e-9) : byChance
    match += Math.log2((field.match[level] ?? 1e-9) / rare)
    if (field.household)
      household += Math.log2(Math.max(least, field.household[level] ?? 1e-9) / (comparison.household ? rare : byChance))
  }
  const other = logSum(household, 0)
  const all = logSum(match, other)
  return { match: 2 ** (match - all), household: 2 ** (household - all), weight: match - other }
}

const logSum = (a: number, b: number): number => {
  const top = Math.max(a, b)
  return top === -Infinity ? top : top + Math.log2(2 ** (a - top) + 2 ** (b - top))
}
