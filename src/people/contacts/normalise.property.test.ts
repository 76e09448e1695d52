import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normaliseContact } from './normalise.ts'

const digits = (min: number, max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((all) => all.join(''))
/** What is behind the country of an Indonesian number, without its zero. */
const national = fc
  .tuple(fc.constantFrom('81', '82', '85', '89', '21', '271'), digits(7, 9))
  .map((parts) => parts.join(''))
const gaps = fc.array(fc.constantFrom('', '', '', ' ', '-', '.', '\u00A0', '\u2011', '\u200B', '\u202A'), {
  minLength: 16,
  maxLength: 16,
})
const spread = (number: string, put: readonly string[]) =>
  [...number].map((digit, place) => digit + (put[place % put.length] ?? '')).join('')

test('however a number is typed, it is kept in one way', () => {
  const ways = ['0', '62', '+62', '0062', '+62 0', '620', '(0', '+62 (0)'] as const
  fc.assert(
    fc.property(national, fc.constantFrom(...ways), gaps, fc.boolean(), (number, way, put, wide) => {
      const typed = `${way}${spread(number, put)}${way === '(0' ? ')' : ''}`
      const shown = wide ? typed.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))) : typed
      assert.equal(normaliseContact('whatsapp', shown), `+62${number}`, JSON.stringify(shown))
    }),
  )
  assert.equal(normaliseContact('whatsapp', '0812 0000 9001'), '+6281200009001')
  assert.equal(normaliseContact('whatsapp', '81200009001'), '+6281200009001')
  assert.equal(normaliseContact('whatsapp', '+60 12-345 6789'), '+60123456789')
})

test('whatever is typed is refused or is what the database takes, and is told again as itself', () => {
  const kept = { whatsapp: /^\+[1-9][0-9]{7,14}$/, email: /^[^@\s]+@[^@\s]+$/ } as const
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    digits(0, 22),
    digits(5, 18).map((number) => `+${number}`),
    fc.emailAddress(),
    fc.tuple(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 })).map((parts) => parts.join('@')),
  )
  let taken = 0
  fc.assert(
    fc.property(fc.constantFrom('whatsapp' as const, 'email' as const), typed, (kind, text) => {
      const value = normaliseContact(kind, text)
      if (value === undefined) return
      taken++
      assert.match(value, kept[kind])
      assert.ok(value.length <= 200 && value === value.toLowerCase())
      assert.equal(normaliseContact(kind, value), value)
    }),
    { numRuns: 300 },
  )
  assert.ok(taken > 20, 'some are taken')
})

test('what is no number or address is not made one', () => {
  for (const none of [
    '',
    '0812',
    'nomor 0812 0000 9001',
    '0812 0000 9001 / 0813 0000 9002',
    '+0812 0000 9001',
    '12345678901',
    '0812000090010000',
    '++62812000090',
  ])
    assert.equal(normaliseContact('whatsapp', none), undefined, none)
  for (const none of [
    'siti',
    'siti@contoh',
    'siti@@contoh.id',
    'siti tini@contoh.id',
    '.siti@contoh.id',
    'siti@contoh.id\r\nBcc: x@contoh.id',
    'sіti@contoh.id',
    `${'a'.repeat(65)}@contoh.id`,
  ])
    assert.equal(normaliseContact('email', none), undefined, none)
  assert.equal(normaliseContact('email', ' Siti.Aminah+bansos@Contoh.ID '), 'siti.aminah+bansos@contoh.id')
})
