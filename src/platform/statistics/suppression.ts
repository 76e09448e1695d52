/*
 * Hiding small counts so that nobody can work them out again.
 *
 * A count is hidden when it is small (from 1 to one less than the threshold). That is not enough: where the total and all
 * other parts of a sum are shown, the hidden part is what is left. So in every sum on our pages either nothing is hidden
 * or at least two numbers are, and the hidden parts of a shown total add up to the threshold at least. The sums run two
 * ways: across a page (filed = by matter = by programme = …) and down the tree (a region = its children), and the second
 * kind stretches over pages. A page is therefore worked out from the top: what the page above shows or hides stands, and
 * only numbers of the children are hidden to protect it. This always succeeds, as hiding all of them would.
 */

/** Which numbers a region has and which of them add up to which; positions refer to `ids`. */
export type Layout = {
  ids: readonly string[]
  sums: readonly { total: number; parts: readonly number[] }[]
}

/** Counts of a region in the order of the layout's `ids`; whole numbers from 0. */
export type Counts = readonly number[]

/** For each number of a region whether it is hidden, in the same order. */
export type Hidden = readonly boolean[]

export type Above = { counts: Counts; hidden: Hidden }

/**
 * Decides what of the children is hidden, the decision about their parent being made. For the root of the tree `above` is
 * null and it is the only child.
 *
 * @param threshold the smallest count above zero that is shown
 */
export function suppress(
  layout: Layout,
  threshold: number,
  above: Above | null,
  children: readonly Counts[],
): Hidden[] {
  const width = layout.ids.length
  // An only child has the numbers of its parent: whatever hides one there must hide it here.
  const alone = children.length === 1 ? above : null
  const hidden = children.map((counts) => counts.map((n, at) => (n > 0 && n < threshold) || alone?.hidden[at] === true))
  const count = (row: number, at: number) => children[row]?.[at] ?? 0
  const isHidden = (row: number, at: number) => hidden[row]?.[at] === true
  let changed = true

  const hide = (row: number, at: number) => {
    const own = hidden[row]
    if (!own) return
    own[at] = true
    changed = true
  }

  /** Hides more of a sum until it gives nothing away. `cells` are its parts as [row, position]. */
  const protect = (totalHidden: boolean, cells: readonly (readonly [row: number, at: number])[]) => {
    for (;;) {
      let unknown = 0
      let sum = 0
      for (const [row, at] of cells)
        if (isHidden(row, at)) {
          unknown++
          sum += count(row, at)
        }
      const safe = totalHidden ? unknown > 0 : unknown === 0 || (unknown > 1 && sum >= threshold)
      if (safe) return
      const next = smallest(cells)
      // Only when everything is hidden already, or when a shown total is made of zeros and a single number.
      if (!next) return
      hide(next[0], next[1])
    }
  }

  /** The next smallest number that is still shown; zeros only when nothing else is left. Of equals, one whose other sum needs it too. */
  const smallest = (cells: readonly (readonly [row: number, at: number])[]) => {
    let best: readonly [number, number] | undefined
    let bestRank = Infinity
    for (const cell of cells) {
      const [row, at] = cell
      if (isHidden(row, at)) continue
      const n = count(row, at)
      const rank =
        (n === 0 ? 1e12 : n * 2) + (hidden.some((other, index) => index !== row && other[at] === true) ? 0 : 1)
      if (rank < bestRank) {
        bestRank = rank
        best = cell
      }
    }
    return best
  }

  const down = Array.from({ length: width }, (_, at) => children.map((_child, row) => [row, at] as const))
  const across = children.map((_child, row) => layout.sums.map((sum) => sum.parts.map((at) => [row, at] as const)))
  while (changed) {
    changed = false
    for (let row = 0; row < children.length; row++)
      layout.sums.forEach((sum, index) => protect(isHidden(row, sum.total), across[row]?.[index] ?? []))
    if (above) for (let at = 0; at < width; at++) protect(above.hidden[at] === true, down[at] ?? [])
  }
  return hidden
}
