/*
 * The shape of a signature, whatever its place and size on the pad: points spread evenly along its strokes, moved to their middle and
 * scaled by how far they lie from it. Drawn anew in the same way it comes out nearly the same; the order of strokes matters.
 */

const POINTS = 32
/** A point that lies as far from the middle as points do on average has this number in its byte. */
const UNIT = 40
/** Sum of bends in radians; less is a line, a cross or a bow, which many people sign with. */
const PLAIN = 3 * Math.PI
/** Points of the pad; whole points no longer tell the shape of what is smaller. */
const SMALL = 8
/** Two hands are not equally quick: a point is compared with so many before and after it. */
const AROUND = 3

type Point = { x: number; y: number }

/**
 * 64 bytes (x and y of 32 points), or null where there is nothing to compare: a dot, a line, a cross.
 *
 * @param strokes each: x and y in turn
 */
export function markOf(strokes: readonly (readonly number[])[]): Buffer | null {
  const points = spread(strokes, POINTS)
  if (!points || bends(spread(strokes, POINTS / 2) ?? []) < PLAIN) return null
  const middle = { x: mean(points.map((one) => one.x)), y: mean(points.map((one) => one.y)) }
  const size = Math.sqrt(mean(points.map((one) => (one.x - middle.x) ** 2 + (one.y - middle.y) ** 2)))
  if (size < SMALL) return null
  const byte = (value: number) => Math.max(-127, Math.min(127, Math.round((value / size) * UNIT)))
  const mark = Buffer.alloc(POINTS * 2)
  for (const [at, one] of points.entries()) {
    mark.writeInt8(byte(one.x - middle.x), at * 2)
    mark.writeInt8(byte(one.y - middle.y), at * 2 + 1)
  }
  return mark
}

/**
 * How far two shapes are apart, in percent of their size (0: the same; two drawn by chance some 110). Undefined when it is more than
 * `most`, which is known after a few points. Dynamic time warping within a narrow band.
 */
export function apart(a: Uint8Array, b: Uint8Array, most: number): number | undefined {
  const enough = ((most / 100) * UNIT) ** 2 * POINTS
  let before = new Float64Array(POINTS + 1).fill(Infinity)
  let now = new Float64Array(POINTS + 1)
  before[0] = 0
  for (let one = 1; one <= POINTS; one++) {
    now.fill(Infinity)
    let least = Infinity
    for (let other = Math.max(1, one - AROUND); other <= Math.min(POINTS, one + AROUND); other++) {
      const dx = signed(a[one * 2 - 2]) - signed(b[other * 2 - 2])
      const dy = signed(a[one * 2 - 1]) - signed(b[other * 2 - 1])
      const sum = dx * dx + dy * dy + Math.min(before[other] ?? 0, now[other - 1] ?? 0, before[other - 1] ?? 0)
      now[other] = sum
      if (sum < least) least = sum
    }
    if (least > enough) return undefined
    ;[before, now] = [now, before]
  }
  const sum = before[POINTS] ?? Infinity
  return sum > enough ? undefined : (Math.sqrt(sum / POINTS) / UNIT) * 100
}

const signed = (byte = 0): number => (byte << 24) >> 24

/** So many points at equal distances along all strokes, one after the other; nothing lies between two strokes. Null: no length at all. */
function spread(strokes: readonly (readonly number[])[], count: number): Point[] | null {
  const parts: { from: Point; to: Point; length: number }[] = []
  for (const stroke of strokes)
    for (let at = 2; at + 1 < stroke.length; at += 2) {
      const from = { x: stroke[at - 2] ?? 0, y: stroke[at - 1] ?? 0 }
      const to = { x: stroke[at] ?? 0, y: stroke[at + 1] ?? 0 }
      const length = Math.hypot(to.x - from.x, to.y - from.y)
      if (length > 0) parts.push({ from, to, length })
    }
  const total = parts.reduce((sum, one) => sum + one.length, 0)
  if (total === 0) return null
  const points: Point[] = []
  let part = 0
  let passed = 0
  for (let at = 0; at < count; at++) {
    const wanted = ((at + 0.5) / count) * total
    while (part < parts.length - 1 && passed + (parts[part]?.length ?? 0) < wanted) passed += parts[part++]?.length ?? 0
    const here = parts[part]
    if (!here) break
    const share = Math.min(1, (wanted - passed) / here.length)
    points.push({
      x: here.from.x + (here.to.x - here.from.x) * share,
      y: here.from.y + (here.to.y - here.from.y) * share,
    })
  }
  return points
}

/** How much the line turns, left and right alike. */
function bends(points: readonly Point[]): number {
  let sum = 0
  for (let at = 2; at < points.length; at++) {
    const [a, b, c] = [points[at - 2], points[at - 1], points[at]]
    if (!a || !b || !c) continue
    const turn = Math.atan2(c.y - b.y, c.x - b.x) - Math.atan2(b.y - a.y, b.x - a.x)
    sum += Math.abs(Math.atan2(Math.sin(turn), Math.cos(turn)))
  }
  return sum
}

const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / Math.max(1, values.length)
