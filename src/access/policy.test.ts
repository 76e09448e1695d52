import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Actor, type Role, roles } from '#src/platform/db/index.ts'
import { abilities, can, givable, mayGive } from './policy.ts'

const actor = (role: Role, regionCode: string): Actor => ({
  accountId: 'a0000000-0000-7000-8000-000000000001',
  name: 'Sri',
  assignmentId: 'b',
  role,
  regionCode,
  officeId: null,
  pillarKind: null,
  at: new Date('2026-11-23T00:00:00Z'),
})
const other = { id: 'a0000000-0000-7000-8000-000000000002', homeRegionCode: '32.75.04', beyond: false }

test('what an administrator of a city may give', () => {
  const city = actor('administrator', '32.75')
  assert.deepEqual(givable(city, '32.75', roles), ['pillar', 'officer', 'supervisor'])
  assert.deepEqual(givable(city, '32.75.04', roles), [...roles])
  assert.deepEqual(givable(city, '32', roles), [])
  assert.deepEqual(givable(city, '00', roles), [])
  assert.deepEqual(givable(city, '32.7', roles), [], 'no region, but the same first characters')
  assert.deepEqual(givable(actor('administrator', '00'), '00', roles), [...roles], 'the nation has none above it')
})

test('only administrators give anything', () => {
  for (const role of roles) {
    if (role === 'administrator') continue
    assert.deepEqual(givable(actor(role, '00'), '32.75', roles), [])
    assert.ok(Object.values(abilities(actor(role, '00'), other)).every((may) => !may))
  }
})

test('nobody manages themselves, what is above them, or what they could not have put there', () => {
  const city = actor('administrator', '32.75')
  assert.ok(Object.values(abilities(city, other)).every(Boolean), 'the rule is not empty')
  assert.ok(Object.values(abilities(city, { ...other, id: city.accountId })).every((may) => !may))
  assert.ok(Object.values(abilities(city, { ...other, homeRegionCode: '32' })).every((may) => !may))
  assert.ok(Object.values(abilities(city, { ...other, homeRegionCode: '33.13' })).every((may) => !may))
  const beyond = { ...other, beyond: true }
  assert.equal(can(city, 'resetPassword', beyond), false)
  assert.equal(can(city, 'assign', beyond), true)
})

const Code = fc.constantFrom('00', '32', '32.75', '32.75.04', '32.75.04.1001', '32.76', '33', '33.13', '33.13.01', '36')

test('giving never reaches higher or wider than oneself, and what was given reaches no further than its giver', () => {
  fc.assert(
    fc.property(Code, Code, Code, fc.constantFrom(...roles), fc.constantFrom(...roles), (a, b, c, first, second) => {
      const giver = actor('administrator', a)
      if (!mayGive(giver, first, b)) return
      assert.ok(a === '00' || b === a || b.startsWith(`${a}.`))
      const named = actor(first, b)
      if (mayGive(named, second, c)) assert.ok(mayGive(giver, second, c), 'power does not grow by passing it on')
    }),
  )
})
