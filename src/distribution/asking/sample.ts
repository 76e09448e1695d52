import { createHash } from 'node:crypto'

/**
 * How many of a sample fall to each stratum: in proportion, remainders to the largest fractions, ties to the earlier code. Never more than a
 * stratum has; the sum is `size`, or everybody when there are fewer.
 */
export function allocate(strata: readonly { key: string; count: number }[], size: number): Map<string, number> {
  const total = strata.reduce((sum, one) => sum + one.count, 0)
  const wanted = Math.min(size, total)
  const parts = strata.map((one) => {
    const exact = total === 0 ? 0 : (one.count * wanted) / total
    return { ...one, share: Math.floor(exact), rest: exact - Math.floor(exact) }
  })
  let left = wanted - parts.reduce((sum, one) => sum + one.share, 0)
  const order = parts.toSorted((a, b) => b.rest - a.rest || (a.key < b.key ? -1 : 1))
  // A fraction is below one, so giving one to each of the first never exceeds a stratum with somebody left.
  for (const one of order) {
    if (left === 0) break
    if (one.share < one.count) {
      one.share++
      left--
    }
  }
  return new Map(parts.map((one) => [one.key, one.share]))
}

/** The place of a family in the draw of a seed: the same in SQL, `md5(seed || ':' || family_id)`. The lowest are drawn. */
export const drawKey = (seed: string, familyId: string): string =>
  createHash('md5').update(`${seed}:${familyId}`).digest('hex')
