import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkPassword, hashPassword } from './password.ts'
import { temporaryPassword, weakness } from './password-rules.ts'

const owner = { username: 'sri.wahyuni', name: 'Sri Wahyuni', email: 'sriwahyuni@example.go.id' }
const say = (password: string) => weakness(password, owner, 12)

test('passwords people guess are refused', () => {
  for (const password of [
    'password1234',
    'P@ssw0rd2026',
    'indonesia2026!',
    'Indonesia#1945',
    '123456789012',
    '098765432109',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'qwertyuiop12',
    '1q2w3e4r5t6y',
    'bansosbansos',
    'adminadmin123',
    'Bekasi-Bansos-2026',
    'bismillah786786',
    'rahasia123456',
    'zaq12wsxcde3',
  ])
    assert.equal(say(password), 'password_common', password)
})

test('what is known about the person is no password', () => {
  for (const password of ['sri.wahyuni1', 'SriWahyuni2026', 'wahyuni-wahyuni', '99sriwahyuni99'])
    assert.equal(say(password), 'password_personal', password)
})

test('length decides, not composition', () => {
  assert.equal(say('sebelas kar'), 'password_short')
  assert.equal(say('a'.repeat(300)), 'password_long')
  for (const password of [
    'kuda laut menari pelan',
    'payung biru di atas genteng',
    '830174659263',
    'ŁÓDŹ jest daleko',
    '🐟🐟🦐 enak sekali ya',
  ])
    assert.equal(say(password), undefined, password)
})

test('temporary passwords satisfy the rules, and differ', () => {
  const many = Array.from({ length: 200 }, temporaryPassword)
  for (const one of many) assert.equal(say(one), undefined, one)
  assert.equal(new Set(many).size, many.length)
})

test('a hash fits its password exactly as typed, and no other', async () => {
  const cheap = { argon2_memory_kib: 8, argon2_passes: 1, argon2_lanes: 1 }
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
      async (right, other) => {
        const hash = await hashPassword(right, cheap)
        assert.match(hash, /^\$argon2id\$v=19\$m=8,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
        assert.deepEqual(await checkPassword(right, hash, cheap), { fits: true, stale: false })
        assert.equal((await checkPassword(other, hash, cheap)).fits, other === right)
        assert.equal((await checkPassword(`${right} `, hash, cheap)).fits, false)
      },
    ),
    { numRuns: 50 },
  )
  const hash = await hashPassword('kuda laut', cheap)
  assert.deepEqual(await checkPassword('kuda laut', hash, { ...cheap, argon2_passes: 2 }), { fits: true, stale: true })
  assert.deepEqual(await checkPassword('kuda laut', null, cheap), { fits: false, stale: false })
})
