import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newVerificationCode, parseVerificationCode } from './verification.ts'

test('a code is three groups of four without look-alikes, and reads back however it is typed', () => {
  const codes = Array.from({ length: 500 }, newVerificationCode)
  assert.equal(new Set(codes).size, 500)
  for (const code of codes) {
    assert.match(code, /^([2-9A-HJKMNP-Z]{4}-){2}[2-9A-HJKMNP-Z]{4}$/)
    assert.equal(parseVerificationCode(code), code)
    assert.equal(parseVerificationCode(` ${code.toLowerCase().replaceAll('-', ' – ')}\u200b`), code)
  }
})

test('what cannot be a code is none', () => {
  for (const text of ['', 'K7M3-9QXT', 'K7M3-9QXT-4FG0', 'K7M3-9QXT-4FGHH', 'x'.repeat(1_000_000)]) {
    assert.equal(parseVerificationCode(text), undefined)
  }
})
