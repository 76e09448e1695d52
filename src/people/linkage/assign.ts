export type Scored = { left: number; right: number; probability: number; weight: number }

/** Best pairs first, each record at most once: for two lists without duplicates of their own. */
export function oneToOne(pairs: readonly Scored[]): Scored[] {
  const lefts = new Set<number>()
  const rights = new Set<number>()
  return byWeight(pairs).filter(({ left, right }) => {
    if (lefts.has(left) || rights.has(right)) return false
    lefts.add(left)
    rights.add(right)
    return true
  })
}

const byWeight = (pairs: readonly Scored[]): Scored[] =>
  pairs.toSorted((a, b) => b.weight - a.weight || a.left - b.left || a.right - b.right)

/**
 * Groups of records of one person: strongest pairs first, two groups become one when what is known between them does not speak against
 * it. `between`: the weight of any pair, also of one that no pass brought together; the mean over the two groups must be above `least`.
 */
export function groups(
  records: number,
  pairs: readonly Scored[],
  between: (left: number, right: number) => number,
  least: number,
): number[][] {
  const groupOf = Array.from({ length: records }, (_, at) => at)
  const members = new Map<number, number[]>()
  for (const { left, right } of byWeight(pairs)) {
    const a = groupOf[left] ?? left
    const b = groupOf[right] ?? right
    if (a === b) continue
    const as = members.get(a) ?? [left]
    const bs = members.get(b) ?? [right]
    if (as.length * bs.length > 1) {
      let sum = 0
      for (const x of as) for (const y of bs) sum += between(x, y)
      if (sum / (as.length * bs.length) < least) continue
    }
    const all = [...as, ...bs]
    for (const member of bs) groupOf[member] = a
    members.set(a, all)
    members.delete(b)
  }
  return [...members.values()].filter((group) => group.length > 1)
}
