import type { Row } from './compare.ts'

/** What two records must share to be looked at together; undefined where the record lacks it. */
export type Pass = (row: Row) => string | readonly string[] | undefined

/** Pairs of positions, each once, packed as left * 2^26 + right (both below 67 million). */
export type Candidates = { left: Uint32Array; right: Uint32Array }

/** A block of more records than this says nothing: its value is too common. */
const largestBlock = 400

/**
 * Every pair that at least one pass brings together. With one set, left < right; with two, left is of the first and right of the second.
 */
export function candidates(
  first: readonly Row[],
  second: readonly Row[] | undefined,
  passes: readonly Pass[],
): Candidates {
  const seen = new Set<number>()
  const width = (second ?? first).length
  for (const pass of passes) {
    const blocks = blocksOf(first, pass)
    if (second === undefined) {
      for (const members of blocks.values()) {
        if (members.length > largestBlock) continue
        for (let i = 0; i < members.length; i++)
          for (let j = i + 1; j < members.length; j++) seen.add((members[i] ?? 0) * width + (members[j] ?? 0))
      }
    } else {
      for (const [value, rights] of blocksOf(second, pass)) {
        const lefts = blocks.get(value)
        if (lefts === undefined || lefts.length * rights.length > largestBlock * largestBlock) continue
        for (const left of lefts) for (const right of rights) seen.add(left * width + right)
      }
    }
  }
  const pairs = [...seen].toSorted((a, b) => a - b)
  return {
    left: Uint32Array.from(pairs, (pair) => Math.floor(pair / width)),
    right: Uint32Array.from(pairs, (pair) => pair % width),
  }
}

function blocksOf(rows: readonly Row[], pass: Pass): Map<string, number[]> {
  const blocks = new Map<string, number[]>()
  for (const [at, row] of rows.entries()) {
    const made = pass(row)
    if (made === undefined) continue
    for (const value of typeof made === 'string' ? [made] : new Set(made)) {
      const block = blocks.get(value)
      if (block === undefined) blocks.set(value, [at])
      else block.push(at)
    }
  }
  return blocks
}
