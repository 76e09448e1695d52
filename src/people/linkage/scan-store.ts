import type { Row } from './compare.ts'
import type { Profile } from './link.ts'
import { chanceLevels, learn, type Model, patternsOf, steadyRandom } from './model.ts'
import { frequentOf, knownOfOnePerson, type Learned, termsOf } from './register-model.ts'
import { evidenceOf, scorer, sizeOf, vectorOf } from './scoring.ts'
import type { FoundPair } from './pairs.ts'

/*
 * A whole register in the memory of one thread: each person as one line of text, each key as one number. A million people take
 * about half a gigabyte. Positions are those of the ids, which come in their order.
 */

/** More records than this under one key: what they share is too common. */
const largestBlock = 60
/** Positions have 24 bits, 16 million people; a key keeps 29 of its bits beside them. */
const places = 2 ** 24

export type ScanStore = {
  add: (id: string, row: Row) => void
  size: () => number
  /** Pairs that share a key, as left * 2^24 + right, in the order of the left one. */
  pairs: () => Float64Array
  row: (at: number) => Row
  id: (at: number) => string
}

function hash29(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d)
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39)
  return (value ^ (value >>> 15)) >>> 3
}

/** A list of numbers that grows without being copied for each. */
function growing() {
  let list = new Float64Array(1 << 16)
  let length = 0
  return {
    push: (value: number) => {
      if (length === list.length) {
        const larger = new Float64Array(list.length * 2)
        larger.set(list)
        list = larger
      }
      list[length++] = value
    },
    sorted: () => list.subarray(0, length).sort(),
  }
}

export function openStore(profile: Profile): ScanStore {
  const ids: string[] = []
  const lines: string[] = []
  const keys = growing()
  return {
    add: (id, row) => {
      const at = ids.length
      ids.push(id)
      lines.push(row.join('\t'))
      for (const [number, pass] of profile.passes.entries()) {
        const made = pass(row)
        if (made === undefined) continue
        for (const value of typeof made === 'string' ? [made] : made)
          keys.push(hash29(`${String(number)}|${value}`) * places + at)
      }
    },
    size: () => ids.length,
    pairs: () => {
      const sorted = keys.sorted()
      const found = growing()
      for (let start = 0; start < sorted.length;) {
        const key = Math.floor((sorted[start] ?? 0) / places)
        let end = start + 1
        while (end < sorted.length && Math.floor((sorted[end] ?? 0) / places) === key) end++
        if (end - start <= largestBlock)
          for (let i = start; i < end; i++)
            for (let j = i + 1; j < end; j++) {
              const left = (sorted[i] ?? 0) % places
              const right = (sorted[j] ?? 0) % places
              if (left !== right) found.push(left * places + right)
            }
        start = end
      }
      const all = found.sorted()
      let kept = 0
      for (let at = 0; at < all.length; at++) if (at === 0 || all[at] !== all[at - 1]) all[kept++] = all[at] ?? 0
      return all.subarray(0, kept)
    },
    row: (at) => (lines[at] ?? '').split('\t'),
    id: (at) => ids[at] ?? '',
  }
}

const sampleOfPairs = 150_000
const sampleOfRows = 100_000

/**
 * Learns from the register as it is: a sample of its people and of the pairs that share a key. What chance does, how many are twice and
 * what households share is the register's own; what one person's records are like is mostly known beforehand.
 */
export function learnFrom(profile: Profile, store: ScanStore, pairs: Float64Array): Learned {
  const random = steadyRandom(7)
  const size = store.size()
  const sample = Array.from({ length: Math.min(size, sampleOfRows) }, (_, at) =>
    store.row(size <= sampleOfRows ? at : Math.floor(random() * size)),
  )
  const chance = chanceLevels(profile.comparisons, sample, sample)
  const step = Math.max(1, pairs.length / sampleOfPairs)
  const patterns = patternsOf(
    (function* () {
      for (let at = 0; at < pairs.length; at += step) {
        const pair = pairs[Math.floor(at)] ?? 0
        const [a, b] = [store.row(Math.floor(pair / places)), store.row(pair % places)]
        if (!profile.veto?.(a, b)) yield vectorOf(profile.comparisons, a, b)
      }
    })(),
  )
  patterns.counts = patterns.counts.map((count) => count * step)
  const expected = { ...sizeOf(size), expected: 0.02 }
  const model: Model = learn(profile.comparisons, patterns, chance, expected, knownOfOnePerson)
  return { model, ...frequentOf(profile.comparisons, sample), persons: size }
}

export type Piece = { found: FoundPair[]; compared: number; until: string; persons: number }

/** Judges the pairs whose left person comes after `after`, in pieces of some ten thousand; the last piece ends with the last person. */
export function* judgePieces(
  profile: Profile,
  store: ScanStore,
  pairs: Float64Array,
  learned: Learned,
  least: number,
  after: string | null,
  pieceSize = 20_000,
): Generator<Piece> {
  const judge = scorer(profile, learned.model, sizeOf(learned.persons), termsOf(learned))
  let piece: Piece = { found: [], compared: 0, until: '', persons: 0 }
  let left = -1
  let row: Row = []
  for (const pair of pairs) {
    const at = Math.floor(pair / places)
    if (after !== null && store.id(at) <= after) continue
    if (at !== left) {
      if (piece.compared >= pieceSize) {
        yield { ...piece, until: store.id(left), persons: left + 1 }
        piece = { found: [], compared: 0, until: '', persons: 0 }
      }
      left = at
      row = store.row(at)
    }
    const other = store.row(pair % places)
    const vector = vectorOf(profile.comparisons, row, other)
    const { match, household, weight } = judge(row, other, vector)
    piece.compared++
    const sameNik = row[1] !== '' && row[1] === other[1]
    if (match < least && !sameNik) continue
    const evidence = evidenceOf(profile, learned.model, vector, household, match)
    piece.found.push({
      one: store.id(at),
      other: store.id(pair % places),
      probability: match,
      weight,
      evidence,
      sameNik,
    })
  }
  yield { ...piece, until: store.id(store.size() - 1), persons: store.size() }
}
