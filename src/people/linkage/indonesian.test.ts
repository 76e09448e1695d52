import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indonesianSet } from '#test/support/linkage-set.ts'
import { linkRows } from './link.ts'
import { qualityOf } from './link-records.ts'
import { peopleProfile, personRow } from './profile-people.ts'

for (const [size, seed] of [
  [1500, 11],
  [4000, 12],
] as const) {
  test(`an invented register of ${String(size)} people: the same are found, twins and namesakes are not`, (t) => {
    const set = indonesianSet(size, seed)
    const { pairs } = linkRows(peopleProfile, set.map(personRow), undefined)
    const quality = qualityOf(
      pairs,
      set.map(({ entity }) => String(entity)),
    )
    t.diagnostic(`F1 ${quality.f1.toFixed(5)}, ${String(quality.truth)} pairs`)
    assert.ok(quality.truth > size * 0.08)
    assert.ok(quality.f1 >= 0.99, JSON.stringify(quality))
    const twins = set.flatMap((person, at) => (person.kind === 'twin' ? [at] : []))
    assert.ok(twins.length > size * 0.02)
    const linkedTwins = pairs.filter(
      ({ left, right }) => set[left]?.entity !== set[right]?.entity && (twins.includes(left) || twins.includes(right)),
    )
    assert.deepEqual(linkedTwins, [])
  })
}

test('two lists of one village and its neighbour share some people', () => {
  const set = indonesianSet(2000, 13)
  const first = set.filter(({ kind }) => kind !== 'again')
  const second = set.filter(
    ({ kind }, at) => kind === 'again' && set.findIndex((p) => p.entity === set[at]?.entity) !== at,
  )
  const { pairs } = linkRows(peopleProfile, first.map(personRow), second.map(personRow))
  const names = (people: typeof set) => people.map(({ entity }) => String(entity))
  const quality = qualityOf(pairs, names(first), names(second))
  assert.ok(quality.truth > 100)
  assert.ok(quality.f1 >= 0.985, JSON.stringify(quality))
})
