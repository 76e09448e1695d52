import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SIGNATURE_POINTS } from '#src/distribution/handover/schema.ts'
import { thinned } from './thin-strokes.ts'

const counted = (strokes: readonly (readonly number[])[]) => strokes.reduce((sum, one) => sum + one.length, 0) / 2

test('a telephone thins what a slow hand draws: never too much, the ends of each stroke kept, nothing added', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 400, max: SIGNATURE_POINTS }),
      (lengths, most) => {
        const strokes = lengths.map((length, at) => Array.from({ length: length * 2 }, (_, n) => (n * 31 + at) % 600))
        const thin = thinned(strokes, most)
        assert.ok(counted(thin) <= Math.max(most, strokes.length * 2))
        assert.equal(thin.length, strokes.length)
        for (const [at, stroke] of strokes.entries()) {
          assert.deepEqual(thin[at]?.slice(0, 2), stroke.slice(0, 2))
          assert.deepEqual(thin[at]?.slice(-2), stroke.slice(-2))
        }
        if (counted(strokes) <= most) assert.deepEqual(thin, strokes)
      },
    ),
    { numRuns: 20 },
  )
})
