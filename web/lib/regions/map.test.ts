import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { drawn, roundDown } from './map.ts'

const point = fc.record({
  code: fc.constantFrom('32.75', '32.75.01', '32.75.02', '32.75.03', '32.75.04'),
  name: fc.string({ minLength: 1, maxLength: 60 }),
  lat: fc.double({ min: -6.4, max: -6.1, noNaN: true }),
  lon: fc.double({ min: 106.8, max: 107.2, noNaN: true }),
})

test('nothing is drawn outside, labels never lie on each other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(point, { selector: (one) => one.code, maxLength: 5 }), (places) => {
      const picture = drawn({ focus: null, box: [106.8, -6.4, 107.2, -6.1], land: [], places }, 360)
      for (const { x, y } of picture.places) assert.ok(x >= 0 && x <= 360 && y >= 0 && y <= picture.height)
      const areas = picture.labels.map(({ x, y, name, anchor }) => {
        const left = anchor === 'start' ? x : x - name.length * 6
        return { left, right: left + name.length * 6, y }
      })
      for (const [at, a] of areas.entries())
        for (const b of areas.slice(at + 1))
          assert.ok(a.right <= b.left || b.right <= a.left || Math.abs(a.y - b.y) >= 12.9)
    }),
  )
})

test('as far north as east looks as far', () => {
  const picture = drawn(
    { focus: null, box: [110, -8, 111, -7], land: [[110, -8, 111, -8, 111, -7, 110, -7]], places: [] },
    360,
  )
  assert.equal(picture.height, Math.round(360 / Math.cos((7.5 * Math.PI) / 180)))
  assert.match(picture.land, new RegExp(`^M0 ${picture.height}\\.\\dL360 ${picture.height}\\.\\dL360 0L0 0z$`))
})

test('a scale people can count with', () => {
  assert.deepEqual([37, 9, 120, 0.7].map(roundDown), [20, 5, 100, 0.5])
})
