import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { axis, path, spread, twoLines } from './trend.ts'

test('the axis ends at a number people like, never below the highest value and never far above', () => {
  assert.deepEqual(axis(0), { top: 1, ticks: [0, 1] })
  assert.deepEqual(axis(37).ticks, [0, 20, 40])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (highest) => {
      const { top } = axis(highest)
      assert.ok(top >= highest && top <= highest * 2.5, `${top} for ${highest}`)
    }),
  )
})

test('a gap in the values is a gap in the line', () => {
  assert.equal(path([0, 10, null, 5], 10), 'M0.00 100.00L33.33 0.00M100.00 50.00')
  assert.equal(path([4], 4), 'M0.00 0.00')
})

test('labels never lie on each other and keep the order of their lines', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 }), (heights) => {
      const out = spread(heights, 34, 200)
      for (const [i, a] of out.entries())
        for (const [j, b] of out.entries()) {
          if (i === j) continue
          assert.ok(Math.abs(a - b) >= 34)
          if ((heights[i] ?? 0) < (heights[j] ?? 0)) assert.ok(a < b)
        }
      assert.ok(Math.max(...out) <= 200)
    }),
  )
})

test('long names break near the middle', () => {
  assert.deepEqual(twoLines('Selesai'), ['Selesai'])
  assert.deepEqual(twoLines('Dijawab kecamatan'), ['Dijawab', 'kecamatan'])
  assert.deepEqual(twoLines('Kesejahteraansosial'), ['Kesejahteraansosial'])
})
