import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { indonesianSet } from '#test/support/linkage-set.ts'
import { nameLevel, nameWays } from './compare-names.ts'
import { nikLevel } from './compare-nik.ts'
import { addressColumns, addressProfile, addressRow } from './profile-address.ts'
import { peopleProfile, personRow } from './profile-people.ts'
import { vectorOf } from './scoring.ts'
import { jaroWinkler, oneSlip } from './similarity.ts'

const word = fc.string({ unit: fc.constantFrom(...'abeiknrstu'), maxLength: 9 })

test('likeness does not depend on who comes first', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      assert.equal(jaroWinkler(a, b), jaroWinkler(b, a))
      assert.equal(oneSlip(a, b), oneSlip(b, a))
      const likeness = jaroWinkler(a, b)
      assert.ok(likeness >= 0 && likeness <= 1)
    }),
  )
  // The examples of Winkler's paper.
  assert.equal(jaroWinkler('martha', 'marhta').toFixed(4), '0.9611')
  assert.equal(jaroWinkler('dixon', 'dicksonx').toFixed(4), '0.8133')
})

test('every comparison of two people is symmetric, and of one with themselves the same or unknown', () => {
  const rows = indonesianSet(60, 4).map(personRow)
  const index = fc.nat({ max: rows.length - 1 })
  fc.assert(
    fc.property(index, index, (one, other) => {
      const [a, b] = [rows[one] ?? [], rows[other] ?? []]
      assert.deepEqual(vectorOf(peopleProfile.comparisons, a, b), vectorOf(peopleProfile.comparisons, b, a))
      assert.equal(peopleProfile.veto?.(a, b), peopleProfile.veto?.(b, a))
      assert.ok(vectorOf(peopleProfile.comparisons, a, a).every((level) => level <= 0))
    }),
  )
  const record = fc.record(Object.fromEntries(addressColumns.map((column) => [column, word])))
  fc.assert(
    fc.property(record, record, (one, other) => {
      const [a, b] = [addressRow(one), addressRow(other)]
      assert.deepEqual(vectorOf(addressProfile.comparisons, a, b), vectorOf(addressProfile.comparisons, b, a))
    }),
  )
})

test('names: what is the same name, and what is another', () => {
  const level = (a: string, b: string) => nameLevel(nameWays(a), nameWays(b))
  assert.equal(level('Drs. H. Moh. Noerdin, S.Pd.', 'MUHAMMAD NURDIN'), 0)
  assert.equal(level('Suparman alias Parman', 'Parman'), 0)
  assert.equal(level('Aminah binti Karto', 'Aminah'), 0)
  assert.ok(level('Sulistyawati', 'Sulistiawati') <= 1)
  assert.ok(level('Nur Hayati', 'Nurhayati') <= 1)
  assert.ok(level('Siti Aminah', 'Aminah Siti') <= 1)
  assert.ok(level('Rina', 'Rini') >= 5)
  assert.ok(level('Hasan', 'Husein') >= 5)
  assert.ok(level('Muhammad Hasan', 'Muhammad Ridwan') >= 5)
})

test('NIK: a slip, the 40 of women, a renamed region, and numbers given one after another', () => {
  assert.equal(nikLevel('9975014504809001', '9975014504809001'), 0)
  assert.equal(nikLevel('9975014504809001', '9975010504809001'), 2)
  assert.equal(nikLevel('9401014504809001', '9301014504809001'), 1)
  assert.equal(nikLevel('9975014504809001', '9975014504809002'), 3)
  assert.equal(nikLevel('9975014504809001', '9975014504809701'), 1)
  assert.equal(nikLevel('9975014504809001', '9975021212759833'), 5)
})
