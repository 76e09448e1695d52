import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { apart, markOf } from './signature-mark.ts'

/** The row of `near_signature` in distribution_term. */
const LIMIT = 20

/** A hand that wanders: some strokes through points drawn by chance, rounded off as a finger does, in the pad's own points. */
const scribble = fc
  .array(
    fc.array(fc.record({ x: fc.integer({ min: 60, max: 540 }), y: fc.integer({ min: 40, max: 200 }) }), {
      minLength: 5,
      maxLength: 9,
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((strokes) => strokes.map(drawn))

/** Corner-cutting (Chaikin), twice. */
function drawn(corners: readonly { x: number; y: number }[]): number[] {
  let points = [...corners]
  for (let turn = 0; turn < 2; turn++)
    points = points.flatMap((one, at) => {
      const next = points[at + 1]
      if (!next) return []
      const between = (share: number) => ({ x: one.x + (next.x - one.x) * share, y: one.y + (next.y - one.y) * share })
      return [between(0.25), between(0.75)]
    })
  return points.flatMap((one) => [Math.round(one.x), Math.round(one.y)])
}

const place = fc.record({
  x: fc.integer({ min: -200, max: 900 }),
  y: fc.integer({ min: -200, max: 900 }),
  scale: fc.double({ min: 0.5, max: 3, noNaN: true }),
})
const put = (strokes: number[][], { x, y, scale }: { x: number; y: number; scale: number }, by: number[] = [0]) =>
  strokes.map((stroke) =>
    stroke.map((value, at) => Math.round((value + (by[at % by.length] ?? 0)) * scale + (at % 2 === 0 ? x : y))),
  )

test('a signature moved, made larger or smaller and drawn by a trembling hand is the same shape', () => {
  const tremble = fc.array(fc.integer({ min: -2, max: 2 }), { minLength: 41, maxLength: 41 })
  const seen = { still: [0, 0] as [number, number], trembling: [0, 0] as [number, number] }
  const compare = (kind: keyof typeof seen, one: number[][], other: number[][]) => {
    const [a, b] = [markOf(one), markOf(other)]
    if (!a || !b) return
    seen[kind][0]++
    if (apart(a, b, LIMIT) !== undefined) seen[kind][1]++
    assert.equal(apart(a, a, LIMIT), 0)
  }
  fc.assert(
    fc.property(scribble, place, tremble, (strokes, where, by) => {
      compare('still', strokes, put(strokes, where))
      compare('trembling', strokes, put(strokes, where, by))
    }),
    { numRuns: 1000 },
  )
  assert.ok(seen.still[0] > 500 && seen.trembling[0] > 500, JSON.stringify(seen))
  // Whole points and uneven strokes leave a few out; none of them is far.
  assert.ok(seen.still[1] >= seen.still[0] * 0.99, JSON.stringify(seen))
  assert.ok(seen.trembling[1] >= seen.trembling[0] * 0.97, JSON.stringify(seen))
})

test('different scribbles are not', () => {
  let [compared, alike] = [0, 0]
  fc.assert(
    fc.property(scribble, scribble, (one, other) => {
      const [a, b] = [markOf(one), markOf(other)]
      if (!a || !b || JSON.stringify(one) === JSON.stringify(other)) return
      compared++
      if (apart(a, b, LIMIT) !== undefined) alike++
      // Not vacuous: told without a limit, they are somewhere.
      assert.notEqual(apart(a, b, 1000), undefined)
    }),
    { numRuns: 1000 },
  )
  assert.ok(compared > 500, `${compared}`)
  assert.equal(alike, 0)
})

test('a dot, a line, a cross and a bow say nothing about who signed', () => {
  const bow = Array.from({ length: 20 }, (_, at) => [
    100 + at * 10,
    Math.round(100 + 60 * Math.sin((at / 19) * Math.PI)),
  ])
  for (const strokes of [
    [[9, 9]],
    [[10, 10, 10, 10]],
    [[10, 100, 300, 104]],
    [
      [50, 50, 250, 150],
      [250, 50, 50, 150],
    ],
    [bow.flat()],
  ])
    // prettier-ignore
    assert.equal(markOf(strokes), null)
})
