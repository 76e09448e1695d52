/**
 * Strokes with no more than `most` points in all: every other point within a stroke is left out until it is so. The ends of each stroke stay.
 *
 * @param strokes each: x and y in turn
 */
export function thinned(strokes: readonly (readonly number[])[], most: number): number[][] {
  let kept = strokes.map((one) => [...one])
  for (let points = count(kept); points > most;) {
    kept = kept.map(halved)
    const left = count(kept)
    if (left === points) break
    points = left
  }
  return kept
}

const count = (strokes: readonly (readonly number[])[]) => strokes.reduce((sum, one) => sum + one.length, 0) / 2
const halved = (stroke: readonly number[]) =>
  stroke.filter((_, at) => Math.floor(at / 2) % 2 === 0 || at >= stroke.length - 2)
