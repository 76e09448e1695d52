import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dice, personName } from '#test/support/indonesian-names.ts'
import { type LinkPerson, peopleProfile, personRow } from './profile-people.ts'
import { judgePieces, learnFrom, openStore } from './scan-store.ts'

const two = (number: number): string => String(number).padStart(2, '0')

/**
 * People of one age all over the country, of whom no mother is known: thousands share a birthday and a word of their names by chance,
 * and few are there twice (without their card; every other one without a number).
 */
function nation(size: number, copies: number): (LinkPerson & { entity: number })[] {
  const roll = dice(31)
  const whole = (below: number) => Math.floor(roll() * below)
  const people = Array.from({ length: size }, (_, entity) => {
    const [year, month, day, female] = [2004 + whole(3), 1 + whole(12), 1 + whole(28), roll() < 0.5]
    const district = [two(11 + whole(80)), two(1 + whole(10)), two(1 + whole(5))]
    return {
      entity,
      name: personName(roll, { female, birthYear: year }),
      nik: `${district.join('')}${two(day + (female ? 40 : 0))}${two(month)}${two(year % 100)}${9000 + whole(1000)}`,
      birthDate: `${year}-${two(month)}-${two(day)}`,
      sex: female ? 'female' : 'male',
      kkNumber: `99${String(entity).padStart(14, '0')}`,
      address: `Jl. Melati No. ${1 + whole(120)}`,
      rt: String(1 + whole(12)),
      rw: String(1 + whole(16)),
      regionCode: `${district.join('.')}.${2001 + whole(6)}`,
    }
  })
  const again = people.slice(0, copies).map(({ entity, nik, birthDate, sex, regionCode, name }, at) => ({
    entity,
    name: name.toUpperCase(),
    nik: at % 2 === 0 ? nik : '',
    birthDate,
    sex,
    regionCode,
  }))
  return [...people, ...again]
}

test('a search through a nation finds who is there twice, not who shares a birthday and a word of the name', (t) => {
  const copies = 60
  const people = nation(20_000, copies)
  const store = openStore(peopleProfile)
  for (const [at, person] of people.entries()) store.add(String(at), personRow(person))
  const pairs = store.pairs()
  const learned = learnFrom(peopleProfile, store, pairs)
  const found = [...judgePieces(peopleProfile, store, pairs, learned, 0.5, null)].flatMap((piece) => piece.found)
  const entity = (id: string) => people[Number(id)]?.entity
  const right = found.filter(({ one, other }) => entity(one) === entity(other))
  t.diagnostic(`${String(pairs.length)} compared, ${String(found.length)} found, ${String(right.length)} right`)
  // That many are alike by chance is what makes it hard.
  const alike = pairs.filter((pair) => {
    const [a, b] = [people[Math.floor(pair / 2 ** 24)], people[pair % 2 ** 24]]
    return a?.birthDate === b?.birthDate && a?.entity !== b?.entity
  })
  assert.ok(alike.length > copies * 50, String(alike.length))
  assert.equal(right.length, copies)
  assert.ok(found.length <= copies + 1, String(found.length))
  // What is learned of one person stays what one person is: mostly the same name, hardly ever another number.
  const { name, nik } = learned.model.fields
  assert.ok((name?.match[0] ?? 0) > 0.6 && (nik?.match.at(-1) ?? 1) < 0.1)
  assert.ok(learned.model.matches * people.length < copies * 1.5)
})
