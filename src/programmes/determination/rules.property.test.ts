import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWithin, type Actor, type Role } from '#src/platform/db/index.ts'
import { periods, owners } from '../catalogue/schema.ts'
import { countPages } from './annex-pdf.ts'
import { daysOf, periodOn } from './period.ts'
import { abilities, deciding, mayMake, type ListFacts } from './policy.ts'
import { states } from './schema.ts'
import { decileLimit } from './suspects.ts'
import { withDecileLimit } from './what-if.ts'

const regions = ['00', '32', '32.75', '32.75.01', '32.75.01.1002', '33.13', '36'] as const
const accounts = [
  '00000000-0000-7000-8000-000000000001',
  '00000000-0000-7000-8000-000000000002',
  '00000000-0000-7000-8000-000000000003',
] as const
const actors: fc.Arbitrary<Actor> = fc
  .record({
    accountId: fc.constantFrom(...accounts),
    role: fc.constantFrom<Role>('supervisor', 'supervisor', 'officer', 'auditor', 'administrator', 'pillar'),
    regionCode: fc.constantFrom('00', ...regions),
    agency: fc.constantFrom('social', 'social', 'health'),
  })
  .map(({ accountId, role, regionCode, agency }) => ({
    accountId,
    name: 'Orang',
    assignmentId: accountId,
    role,
    regionCode,
    officeId: role === 'officer' || role === 'supervisor' ? `${regionCode}/${agency}` : null,
    pillarKind: null,
    at: new Date(0),
  }))
const lists: fc.Arbitrary<ListFacts> = fc.record({
  owner: fc.constantFrom(...owners),
  programmeRegion: fc.constantFrom('00', '36', '32.75'),
  regionCode: fc.constantFrom(...regions),
  state: fc.oneof(fc.constantFrom(...states), fc.constant('submitted' as const)),
  madeBy: fc.constantFrom(...accounts),
  changedBy: fc.uniqueArray(fc.constantFrom(...accounts), { maxLength: 1 }),
  decidedBy: fc.uniqueArray(fc.constantFrom(...accounts), { maxLength: 1 }),
})

test('who approves is the head of the social office that owns the programme, neither made nor changed the list and has not decided it yet', () => {
  let seen = 0
  fc.assert(
    fc.property(actors, lists, (actor, list) => {
      const can = abilities(actor, list)
      assert.equal(can.includes('approve'), can.includes('reject'))
      if (!can.includes('approve')) return
      seen++
      assert.equal(list.state, 'submitted')
      assert.equal(actor.role, 'supervisor')
      assert.equal(actor.officeId?.split('/')[1], 'social')
      assert.notEqual(actor.accountId, list.madeBy)
      assert.ok(!list.decidedBy.includes(actor.accountId))
      assert.ok(!list.changedBy.includes(actor.accountId))
      assert.ok(deciding(list, list.regionCode).includes(actor.regionCode))
      assert.ok(isWithin(list.regionCode, actor.regionCode), 'nobody decides about a region they are not above')
    }),
    { numRuns: 20_000 },
  )
  assert.ok(seen > 20, `${seen} were allowed`)
})

test('nobody touches a list of a region that is not theirs, nor one that is decided', () => {
  fc.assert(
    fc.property(actors, lists, (actor, list) => {
      const can = abilities(actor, list)
      if (['approved', 'rejected', 'cancelled'].includes(list.state)) assert.deepEqual(can, [])
      for (const act of ['hold', 'submit', 'check'] as const)
        if (can.includes(act))
          assert.ok(isWithin(list.regionCode, actor.regionCode) && mayMake(actor, list, list.regionCode))
    }),
    { numRuns: 5_000 },
  )
})

test('a period is the days it says; every day lies in the period of its kind', () => {
  assert.deepEqual(daysOf('2026-12', 'month'), { from: '2026-12-01', to: '2026-12-31' })
  assert.deepEqual(daysOf('2024-02', 'month'), { from: '2024-02-01', to: '2024-02-29' })
  assert.deepEqual(daysOf('2026-T4', 'quarter'), { from: '2026-10-01', to: '2026-12-31' })
  assert.deepEqual(daysOf('2026-B1', 'two_months'), { from: '2026-01-01', to: '2026-02-28' })
  assert.deepEqual(daysOf('2026-S2', 'half_year'), { from: '2026-07-01', to: '2026-12-31' })
  assert.deepEqual(daysOf('2026', 'once'), { from: '2026-01-01', to: '2026-12-31' })
  for (const [text, kind] of [
    ['2026-T4', 'month'],
    ['2026-T5', 'quarter'],
    ['2026-S3', 'half_year'],
    ['2026-12', 'year'],
    ['1999', 'year'],
    ['2026-0', 'month'],
  ] as const)
    assert.equal(daysOf(text, kind), undefined, text)
  const day = fc
    .date({ min: new Date('2001-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  fc.assert(
    fc.property(day, fc.constantFrom(...periods), (one, kind) => {
      const days = daysOf(periodOn(one, kind), kind)
      assert.ok(days && days.from <= one && one <= days.to)
    }),
  )
})

test('another decile limit changes what a rule says of deciles, and nothing else', () => {
  const rule = {
    conditions: [{ code: 'a', name: 'A', nameEn: 'A', cel: 'family.decile <= 4 || family.decile < 3' }],
    components: [],
    limits: {},
    ranking: [],
  }
  assert.equal(withDecileLimit(rule, 6).conditions[0]?.cel, 'family.decile <= 6 || family.decile <= 6')
  assert.equal(decileLimit(withDecileLimit(rule, 6)), 6)
  const none = { ...rule, conditions: [{ code: 'decile', name: 'A', nameEn: 'A', cel: 'true' }] }
  assert.equal(decileLimit(none), undefined)
  assert.deepEqual(
    withDecileLimit(none, 2).conditions.map((one) => one.code),
    ['decile', 'decile_limit'],
  )
})

test('the annex counts its pages before it writes them', () => {
  const head = { title: 'Lampiran', lines: ['a', 'b'], decreeNumber: '1', decidedAt: new Date(0) }
  const villages = (families: number) => [{ code: '32.75.01.1002', name: 'Margahayu', families, amount: 1 }]
  assert.equal(countPages(head, villages(5)), 1)
  assert.ok(countPages(head, villages(10_000)) > 250)
})
