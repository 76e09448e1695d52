import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { printable } from './printable.ts'

test('what the font has stays, what it nearly has is respelled, what it lacks is marked once', () => {
  const cases: [string, string][] = [
    ['Siti Nur’aini, “Rp 300.000” – 50 % é ñ ü Ž €', 'Siti Nur’aini, “Rp 300.000” – 50 % é ñ ü Ž €'],
    ['Muḥammad ʿAlī Nguyễn Şahin Đorđe', 'Muhammad ‘Ali Nguyen Sahin Ðorde'],
    ['e\u0301', 'é'],
    ['a → b ≤ c − d', 'a -> b <= c - d'],
    ['ﬁ ½ ①', 'fi ½ 1'],
    ['selesai 👍🏽👨‍👩‍👧‍👦!', 'selesai [?]!'],
    ['❤️', '[?]'],
    ['ꦗꦮ محمد', '[?] [?]'],
    ['a\u202eb\u200fc\u0000d\u00ade', 'abcde'],
    ['satu\r\ndua\rtiga\u2028empat\tlima\u3000enam', 'satu\ndua\ntiga\nempat lima enam'],
    ['\ud800x', '[?]x'],
    ['', ''],
  ]
  for (const [given, expected] of cases) assert.equal(printable(given), expected)
})

test('whatever comes in, only what the font has comes out', () => {
  const windows1252 = new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))
  const allowed = new Set([...windows1252].filter((character) => /[\n\u0020-\u007e\u00a0-\uffff]/.test(character)))
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), fc.string({ unit: 'grapheme', maxLength: 1 })),
      }),
      (text) => {
        for (const character of printable(text)) assert.ok(allowed.has(character), JSON.stringify(character))
      },
    ),
    { numRuns: 1000 },
  )
})
