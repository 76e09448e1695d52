import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { localeFromCookie, samePath, themeFromCookie } from './preferences.ts'

test('the way back never leaves this site', () => {
  for (const path of ['/', '/aduan/baru', '/cari?q=bekasi', '/lacak?nomor=A-1&x=%2F'])
    assert.equal(samePath(path), path)
  for (const evil of [
    null,
    '',
    'https://a.example',
    '//a.example',
    '/\\a.example',
    '\\\\a.example',
    '/\t/a.example',
    'javascript:1',
  ])
    assert.equal(samePath(evil), '/')
  fc.assert(
    fc.property(fc.string(), (tail) => {
      const back = new URL(samePath(`/${tail}`), 'http://here.example')
      assert.equal(back.host, 'here.example')
    }),
  )
})

test('unknown languages and themes fall back to the default', () => {
  assert.equal(localeFromCookie('en'), 'en')
  assert.equal(localeFromCookie('fr'), 'id')
  assert.equal(localeFromCookie(undefined), 'id')
  assert.equal(themeFromCookie('gelap'), 'gelap')
  assert.equal(themeFromCookie('hitam'), 'otomatis')
})
