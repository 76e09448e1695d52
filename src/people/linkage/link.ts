import { groups, oneToOne, type Scored } from './assign.ts'
import { type Candidates, candidates, type Pass } from './blocking.ts'
import { type Comparison, type Row } from './compare.ts'
import { chanceLevels, countTerms, learn, type Model, patternsOf } from './model.ts'
import { scorer, vectorOf } from './scoring.ts'

/** What to compare, and what brings records together. */
export type Profile = {
  comparisons: readonly Comparison[]
  passes: readonly Pass[]
  /** certain that these are two people, whatever the sum says */
  veto?: (a: Row, b: Row) => boolean
}

export type LinkOptions = {
  /** two lists, each without duplicates of its own: a record has at most one partner. Default: when there are two lists */
  oneToOne?: boolean
  /** least probability of a pair that is called one person */
  threshold?: number
}
export type Linked = { pairs: Scored[]; compared: number; model: Model }

/** From here on two records are called one person. Even odds: neither kind of mistake is held to be worse. */
export const defaultThreshold = 0.5

/**
 * Finds the same people in one list (second undefined) or in two. Learns from the records themselves, without examples. Positions in the
 * answer are those of the given lists.
 */
export function linkRows(
  profile: Profile,
  first: readonly Row[],
  second: readonly Row[] | undefined,
  options: LinkOptions = {},
): Linked {
  const { comparisons, veto } = profile
  const others = second ?? first
  const size = {
    records: second ? Math.min(first.length, second.length) : first.length,
    pairs: Math.max(1, second ? first.length * second.length : (first.length * (first.length - 1)) / 2),
  }
  const found = candidates(first, second, profile.passes)
  const vectors = vectorsOf(comparisons, first, others, found)
  const width = comparisons.length
  const vectorAt = (at: number) => vectors.subarray(at * width, (at + 1) * width)
  const chance = chanceLevels(comparisons, first, others)
  const patterns = patternsOf(
    (function* () {
      // Those kept apart for certain would teach that one person may have two names.
      for (let at = 0; at < found.left.length; at++)
        if (!veto?.(first[found.left[at] ?? 0] ?? [], others[found.right[at] ?? 0] ?? [])) yield vectorAt(at)
    })(),
  )
  const model = learn(comparisons, patterns, chance, size)
  const terms = countTerms(comparisons, second ? [...first, ...second] : first)
  const judgeRows = scorer(profile, model, size, terms)
  const least = options.threshold ?? defaultThreshold
  const scored: Scored[] = []
  for (let at = 0; at < found.left.length; at++) {
    const left = found.left[at] ?? 0
    const right = found.right[at] ?? 0
    const { match, weight } = judgeRows(first[left] ?? [], others[right] ?? [], vectorAt(at))
    if (match >= least) scored.push({ left, right, probability: match, weight })
  }
  const single = options.oneToOne ?? second !== undefined
  if (second !== undefined) return { pairs: single ? oneToOne(scored) : scored, compared: found.left.length, model }
  const between = (x: number, y: number) => {
    const [a, b] = [first[x] ?? [], first[y] ?? []]
    return judgeRows(a, b, vectorOf(comparisons, a, b)).weight
  }
  const weightOf = new Map(scored.map((pair) => [pair.left * first.length + pair.right, pair]))
  const pairs: Scored[] = []
  for (const group of groups(first.length, scored, between, 0)) {
    const members = group.toSorted((a, b) => a - b)
    for (const [i, left] of members.entries())
      for (const right of members.slice(i + 1)) {
        const weight = weightOf.get(left * first.length + right)?.weight ?? between(left, right)
        pairs.push({ left, right, weight, probability: 1 / (1 + 2 ** -weight) })
      }
  }
  return { pairs, compared: found.left.length, model }
}

function vectorsOf(
  comparisons: readonly Comparison[],
  first: readonly Row[],
  second: readonly Row[],
  { left, right }: Candidates,
): Int8Array {
  const width = comparisons.length
  const vectors = new Int8Array(left.length * width)
  for (let at = 0; at < left.length; at++) {
    const a = first[left[at] ?? 0] ?? []
    const b = second[right[at] ?? 0] ?? []
    for (let i = 0; i < width; i++) vectors[at * width + i] = comparisons[i]?.compare(a, b) ?? -1
  }
  return vectors
}
