import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { dice, otherWriting, personName } from '#test/support/indonesian-names.ts'
import { neighbourBones } from './finding/neighbours.ts'
import { birthIn } from './finding/birth.ts'
import { understand } from './finding/understand.ts'
import { nameWords, normaliseName, skeleton } from './names.ts'
import { bonesOf, familyKeys, personKeys } from './search-keys.ts'

test('titles, degrees, bin and short forms are no names; the spelling is modern', () => {
  const said: [string, string][] = [
    ['Drs. H. Moh. Noerdin, S.Pd.', 'muhammad nurdin'],
    ['Drs.H.Achmad', 'ahmad'],
    ['R.A. Kartini', 'kartini'],
    ['Ir. Soekarno', 'sukarno'],
    ['M. Joesoef', 'muhammad yusuf'],
    ['Abd. Rahman bin Ali', 'abdul rahman ali'],
    ['ABDURRAHMAN', 'abdul rahman'],
    ['Noerhajati', 'nurhayati'],
    ["Hj. Siti Ma'mun, S.E.", 'siti mamun'],
    ['K.H. Abdul Wahid', 'abdul wahid'],
    ['Slamet alias Memet', 'slamet memet'],
    ['Tjahjono', 'cahyono'],
    ['Anjani', 'anjani'],
    ['Muljadi', 'mulyadi'],
    ['Aminah S. Pd.', 'aminah'],
    ['Sukirman', 'sukirman'],
    ['Haji', 'haji'],
    ['123', ''],
  ]
  for (const [name, plain] of said) assert.equal(normaliseName(name), plain, name)
})

test('what is written for the same name has the same skeleton; other names have others', () => {
  for (const same of [
    ['Nurhayati', 'Noerhajati', 'Nurhajati', 'Noerhayaty'],
    ['Suwarno', 'Soewarno', 'Suarno', 'Soearno'],
    ['Sulistyawati', 'Sulistiawati', 'Sulistiyawati', 'Soelistyawati'],
    ['Syarifah', 'Sjarifah', 'Saripah', 'Syarifa'],
    ['Yusuf', 'Jusuf', 'Joesoef', 'Yusup'],
    ['Mulyadi', 'Muljadi', 'Muliadi'],
    ['Abdullah', 'Abdoellah', 'Abdulah'],
    ['Khoirul', 'Choirul', 'Koirul', 'Khairul'],
    ['Zaenal', 'Zainal', 'Jaenal'],
  ])
    assert.deepEqual(new Set(same.map((name) => nameWords(name).map(skeleton).join(' '))).size, 1, same.join(' '))
  for (const [one, other] of [
    ['siti', 'sri'],
    ['budi', 'rudi'],
    ['slamet', 'selamat jaya'],
    ['ani', 'andi'],
  ])
    // prettier-ignore
    assert.notEqual(skeleton(one ?? ''), skeleton(other ?? ''))
})

test('every way of writing a name leaves a key in common; a title changes none; keys fit the column', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), fc.boolean(), (seed, female) => {
      const roll = dice(seed)
      const name = personName(roll, { female, birthYear: 1950 })
      const other = otherWriting(roll, name, female)
      const keysOf = (text: string) => personKeys({ name: text, birthDate: '1950-01-02', regionCode: '32.75.01.1002' })
      assert.ok(
        keysOf(name).some((key) => keysOf(other).includes(key)),
        `${name}: ${other}`,
      )
      assert.deepEqual(keysOf(`Hj. ${name}`), keysOf(name))
      for (const key of keysOf(name)) assert.ok(Number.isInteger(key) && key >= -(2 ** 31) && key < 2 ** 31)
      assert.ok(keysOf(name).length <= 14)
      const elsewhere = personKeys({ name, birthDate: null, regionCode: '33.13.01.2001' })
      assert.ok(bonesOf(nameWords(name)).length === 0 || elsewhere.some((key) => !keysOf(name).includes(key)))
    }),
  )
  const keys = familyKeys({ address: 'Jl. Soekarno No. 1', rt: '003', rw: '05', regionCode: '32.75.01.1002' })
  assert.deepEqual(keys, familyKeys({ address: 'jalan Sukarno', rt: '3', rw: '5', regionCode: '32.75.01.1002' }))
  assert.deepEqual(personKeys({ name: '…', regionCode: '32.75.01.1002' }), [])
})

test('a word one slip away always has the skeleton among its neighbours', () => {
  const word = fc.stringMatching(/^[a-z]{2,10}$/)
  fc.assert(
    fc.property(
      word,
      fc.nat(3),
      fc.nat(100),
      fc.constantFrom(...'aeioubcdghjklmnprstwyz'),
      (whole, way, at, letter) => {
        const spot = at % whole.length
        const slip =
          [
            whole.slice(0, spot) + letter + whole.slice(spot),
            whole.slice(0, spot) + whole.slice(spot + 1),
            whole.slice(0, spot) + letter + whole.slice(spot + 1),
            `${whole.slice(0, spot)}${whole.charAt(spot + 1)}${whole.charAt(spot)}${whole.slice(spot + 2)}`,
          ][way] ?? ''
        assert.ok(neighbourBones(slip).includes(skeleton(whole)), `${whole}: ${slip}`)
      },
    ),
  )
})

test('a birth date in any manner, and what is none', () => {
  const today = '2026-11-22'
  for (const text of ['12-03-1985', '12/3/85', '1985-03-12', '12 Maret 1985', '12 mar 1985', '12031985', '12.03.1985'])
    assert.equal(birthIn(text.toLowerCase(), today)?.date, '1985-03-12', text)
  assert.equal(birthIn('12-03-12', today)?.date, '2012-03-12')
  assert.equal(birthIn('1985', today)?.year, '1985')
  for (const text of ['31-02-1985', '9001', '12-13', '2031', 'rt 3'])
    assert.equal(birthIn(text, today)?.date, undefined, text)
})

test('one box is taken apart', () => {
  const today = '2026-11-22'
  const said: [string, object][] = [
    ['3275 0517 0885 9001', { number: '3275051708859001' }],
    ['327505******9001', { begins: '327505', ends: '9001' }],
    ['siti 9001', { words: ['siti'], ends: '9001' }],
    ['siti aminah 12 Maret 1985', { words: ['siti', 'aminah'], birthDate: '1985-03-12' }],
    ['jl. Melati no 12 rt 003/005, Margahayu', { words: ['margahayu'], address: ['melati'], rt: '3', rw: '5' }],
    ['Nurhayati kel. Margahayu', { words: ['nurhayati'], place: 'margahayu' }],
    ['siti desa suruh kec. tasikmadu', { words: ['siti'], place: 'suruh, tasikmadu' }],
    ['budi 003/005', { words: ['budi'], rt: '3', rw: '5' }],
  ]
  for (const [q, asked] of said) assert.deepEqual(understand(q, today), { words: [], address: [], ...asked }, q)
  const pieces = fc.constantFrom(
    'rt',
    'rw',
    'jl',
    'desa',
    'di',
    'siti',
    'é',
    '💥',
    ' ',
    ' ',
    '.',
    ',',
    '/',
    '-',
    '*',
    '0',
    '3',
    '12',
    '1985',
    '327505',
  )
  fc.assert(fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => void understand(parts.join(''), today)))
})
