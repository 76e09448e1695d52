import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashSecret, newNumber, newSecret, parseNumber, secretMatches, SYMBOLS } from './number.ts'

const numbers = fc.constant(undefined).map(newNumber)
const place = fc.integer({ min: 0, max: 7 })
const bare = (number: string) => number.replace('-', '')
const replaceAt = (text: string, at: number, symbol: string) => text.slice(0, at) + symbol + text.slice(at + 1)

test('the alphabet is 31 distinct symbols, a prime, without the look-alikes', () => {
  assert.equal(new Set(SYMBOLS).size, 31)
  for (const symbol of '01ILO') assert.ok(!SYMBOLS.includes(symbol))
})

test('a new number has its shape, reads back to itself and is not the last one', () => {
  const many = Array.from({ length: 2000 }, newNumber)
  for (const number of many) {
    assert.match(number, /^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/)
    assert.deepEqual(parseNumber(number), { ok: true, number })
  }
  assert.equal(new Set(many).size, many.length)
  for (let at = 0; at < 8; at++) {
    assert.equal(new Set(many.map((number) => bare(number).charAt(at))).size, 31, `place ${at} uses every symbol`)
  }
})

test('case, spaces, dashes and full-width letters make no difference', () => {
  const noise = fc.array(fc.constantFrom('', ' ', '-', '–', '—', '\u00a0', '\u200b', '\t'), {
    minLength: 9,
    maxLength: 9,
  })
  const cases = fc.array(fc.boolean(), { minLength: 8, maxLength: 8 })
  fc.assert(
    fc.property(numbers, noise, cases, (number, gaps, lower) => {
      const symbols = [...bare(number)].map((symbol, at) => (lower[at] ? symbol.toLowerCase() : symbol))
      const typed = gaps.map((gap, at) => gap + (symbols[at] ?? '')).join('')
      assert.deepEqual(parseNumber(typed), { ok: true, number })
    }),
  )
  const number = newNumber()
  const fullWidth = [...bare(number)].map((symbol) => String.fromCharCode(symbol.charCodeAt(0) + 0xfee0)).join('')
  assert.deepEqual(parseNumber(fullWidth), { ok: true, number })
})

test('every single wrong symbol is caught: all 8 places, all 30 others', () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const symbols = bare(number)
      for (let at = 0; at < 8; at++) {
        for (const wrong of SYMBOLS) {
          if (wrong === symbols.charAt(at)) continue
          assert.deepEqual(parseNumber(replaceAt(symbols, at, wrong)), { ok: false, reason: 'check' })
        }
      }
    }),
    { numRuns: 50 },
  )
})

test('every exchange of two different symbols is caught, neighbours or far apart', () => {
  fc.assert(
    fc.property(numbers, (number) => {
      const symbols = bare(number)
      for (let left = 0; left < 8; left++) {
        for (let right = left + 1; right < 8; right++) {
          const [a, b] = [symbols.charAt(left), symbols.charAt(right)]
          if (a === b) continue
          const exchanged = replaceAt(replaceAt(symbols, left, b), right, a)
          assert.deepEqual(parseNumber(exchanged), { ok: false, reason: 'check' }, `${symbols} ${left} ${right}`)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('a random string passes the check once in about 31', () => {
  const tries = 31_000
  let passed = 0
  for (let n = 0; n < tries; n++) if (parseNumber(newSecret()).ok) passed++
  assert.ok(passed > 800 && passed < 1200, `${passed} of ${tries}`)
})

test('a look-alike is named and never guessed', () => {
  fc.assert(
    fc.property(numbers, place, fc.constantFrom(...'0O1ILilo'), (number, at, symbol) => {
      const result = parseNumber(replaceAt(bare(number), at, symbol))
      assert.deepEqual(result, { ok: false, reason: 'symbol', symbol: symbol.toUpperCase() })
    }),
  )
})

test('what is no number at all is told apart and never throws', () => {
  for (const text of ['', ' ', '-', 'K7M3-9QX', 'K7M3-9QXTT', 'a'.repeat(10_000_000)]) {
    assert.deepEqual(parseNumber(text), { ok: false, reason: 'length' })
  }
  assert.deepEqual(parseNumber('K7M3 9QX!'), { ok: false, reason: 'symbol', symbol: '!' })
  assert.deepEqual(parseNumber('😀'.repeat(8)), { ok: false, reason: 'symbol', symbol: '😀' })
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof parseNumber(text).ok === 'boolean'))
})

test('a secret opens its own complaint only, typed as loosely as a number', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.uuid(), (id, other) => {
      const secret = newSecret()
      assert.match(secret, /^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$/)
      const hash = hashSecret(id, secret)
      assert.match(hash, /^[0-9a-f]{64}$/)
      assert.ok(secretMatches(id, secret, hash))
      assert.ok(secretMatches(id, ` ${secret.toLowerCase().replace('-', ' ')} `, hash))
      assert.ok(id === other || !secretMatches(other, secret, hash))
    }),
  )
})

test('a wrong, empty or lengthened secret and a broken hash do not open it', () => {
  const secret = 'K7M3-9QXT'
  const hash = hashSecret('a', secret)
  assert.ok(secretMatches('a', secret, hash))
  for (const wrong of ['', 'K7M3-9QX', 'K7M3-9QXX', `${secret}2`, secret.repeat(2)]) {
    assert.equal(secretMatches('a', wrong, hash), false, wrong)
  }
  for (const broken of ['', 'zz', hash.slice(2), `${hash}00`]) assert.equal(secretMatches('a', secret, broken), false)
})
