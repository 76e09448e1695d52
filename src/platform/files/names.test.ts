import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { harmlessName } from './names.ts'

test('readable names stay readable, and the ending is that of the content', () => {
  const cases: [string, string, string][] = [
    ['foto rumah.jpg', 'jpg', 'foto rumah.jpg'],
    ['IMG_2026.JPEG', 'jpg', 'IMG_2026.jpg'],
    ['Surat RT 03.RW 05.pdf', 'pdf', 'Surat RT 03.RW 05.pdf'],
    ['foto.png.pdf', 'jpg', 'foto.png.jpg'],
    ['halaman.html', 'jpg', 'halaman.html.jpg'],
    ['été 日本 ꦗꦮ.png', 'jpg', 'été 日本 ꦗꦮ.jpg'],
    ['../../etc/passwd', 'pdf', 'etc-passwd.pdf'],
    ['C:\\Users\\sri\\KTP.jpg', 'jpg', 'C--Users-sri-KTP.jpg'],
    ['foto\u202Egpj.exe', 'jpg', 'fotogpj.exe.jpg'],
    ['a\0b\u0007c\u200Fd\u2066e.jpg', 'jpg', 'abcde.jpg'],
    ['baris\nkedua.jpg', 'jpg', 'baris kedua.jpg'],
    ['<img src=x onerror=alert(1)>.jpg', 'jpg', '-img src=x onerror=alert(1)-.jpg'.slice(1)],
    ['NUL', 'jpg', '_NUL.jpg'],
    ['con.tar', 'pdf', '_con.tar.pdf'],
    ['console', 'pdf', 'console.pdf'],
    ['', 'jpg', 'lampiran.jpg'],
    ['.jpg', 'jpg', 'lampiran.jpg'],
    [' .. ', 'pdf', 'lampiran.pdf'],
    ['rusak\ud800.jpg', 'jpg', 'rusak.jpg'],
  ]
  for (const [given, ending, expected] of cases) assert.equal(harmlessName(given, ending), expected)
})

test('long names are cut between characters and keep their ending', () => {
  assert.equal(harmlessName('a'.repeat(500), 'jpg'), `${'a'.repeat(116)}.jpg`)
  const name = harmlessName('é👩🏽'.repeat(100), 'pdf')
  assert.ok(name.length <= 120 && name.isWellFormed() && name.endsWith('.pdf'))
})

test('no name, however made, is dangerous', () => {
  const nasty = fc.constantFrom(
    '..',
    '/',
    '\\',
    '\0',
    '\u202e',
    '\u200f',
    '\r\n',
    '.',
    ' ',
    'CON',
    ':',
    '\ud83d',
    '\u0085',
  )
  const names = fc.array(fc.oneof(nasty, fc.string({ unit: 'binary' })), { maxLength: 60 })
  fc.assert(
    fc.property(names, fc.constantFrom('jpg', 'pdf'), (parts, ending) => {
      const name = harmlessName(parts.join(''), ending)
      assert.ok(name.length <= 120 && name.length > ending.length + 1)
      assert.ok(name.endsWith(`.${ending}`) && name.isWellFormed())
      assert.doesNotMatch(name, /[\p{Cc}\p{Cf}/\\:*?"<>|]|^[. ]/u)
      assert.equal(harmlessName(name, ending), name, 'a harmless name stays as it is')
    }),
    { numRuns: 500 },
  )
})
