import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Content } from '#lib/public/draft.ts'
import { membersIn, memberFaults, withoutMember } from './members.ts'
import { firstUnfinished, sendable } from './steps.ts'

const family = (names: readonly string[]): Content =>
  Object.fromEntries(names.map((name, place) => [`members.${place}.name`, name]))

const finished: Content = {
  kind: 'enrol',
  regionCode: '99.99.99.9001',
  'family.address': 'Kp. Rawa',
  ...family(['Darsih', 'Yanti']),
  reason: 'Atap rumahnya bocor.',
  'proposer.name': 'Nurhayati',
  'proposer.nik': '9999015708859001',
}

test('whoever is taken out leaves no gap, and nobody else goes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[A-Z][a-z]{1,8}$/), { minLength: 1, maxLength: 15 }),
      fc.nat(),
      (names, n) => {
        const place = n % names.length
        const content = family(names)
        const left = { ...content, ...withoutMember(content, place) }
        const kept = Array.from({ length: membersIn(left) }, (_, at) => left[`members.${at}.name`])
        assert.deepEqual(kept, names.toSpliced(place, 1))
      },
    ),
  )
})

test('a relationship alone is nobody yet; a number without a name is somebody whose name is missing', () => {
  assert.equal(membersIn({ 'members.0.relationship': 'head' }), 0)
  assert.deepEqual(
    memberFaults({ 'members.0.nik': '9999015708859001' }, true).map(({ field }) => field),
    ['members.0.name'],
  )
})

test('what is sent is what the kind asks for', () => {
  assert.equal(firstUnfinished(finished), undefined)
  assert.equal(firstUnfinished({ ...finished, 'proposer.nik': '12' })?.name, 'you')

  const removal = sendable({ ...finished, kind: 'remove', removal: 'moved', 'whom.name': 'Fulan', 'whom.nik': '' })
  assert.equal(removal['members.0.name'], 'Fulan', 'not the family typed before the kind was changed')
  assert.equal(removal['members.1.name'], undefined)
  assert.equal(sendable(finished)['members.1.name'], 'Yanti')

  const correction = sendable({ ...finished, ...family(['', '']), kind: 'correct', 'whom.name': 'Darsih' })
  assert.match(correction['reason'] ?? '', /Darsih[^]*Atap rumahnya bocor/)
  assert.equal(correction['members.0.name'], undefined, 'a member of a correction would be put into the register again')
  assert.equal(sendable({ ...finished, kind: 'object' })['family.address'], '')
})
