import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RuleDefinition } from './definition.ts'
import type { FamilyFacts, Forms } from './facts.ts'
import { checkRule, readRule } from './read-rule.ts'

const forms: Forms = [
  {
    subject: 'family',
    schema: {
      properties: {
        floor: { type: 'string', enum: ['earth', 'ceramic'] },
        floorArea: { type: 'integer', minimum: 1, maximum: 2000 },
        height: { type: 'number' },
      },
    },
  },
]
const ruleOf = (cel: string, more: Partial<RuleDefinition> = {}): RuleDefinition => ({
  conditions: [{ code: 'one', name: 'Satu', nameEn: 'One', cel }],
  components: [],
  limits: {},
  ranking: [],
  ...more,
})
const component = (amount: string, more: object = {}) => ({
  components: [{ code: 'a', name: 'A', nameEn: 'A', per: 'person' as const, when: 'true', amount, ...more }],
})
/** Each fault as its code, the text it points at, and what is suggested. */
const faultsOf = (rule: RuleDefinition) =>
  checkRule(rule, forms).map(({ at, from, to, code, values }) => {
    const texts = new Map<string, string>([
      ...rule.conditions.map((one, index) => [`conditions[${index}].cel`, one.cel] as const),
      ...rule.components.flatMap((one, index) => [
        [`components[${index}].when`, one.when] as const,
        [`components[${index}].amount`, one.amount] as const,
      ]),
    ])
    return [code, texts.get(at)?.slice(from, to), values['suggestion']].filter((one) => one !== undefined).join(' | ')
  })

const table: Readonly<Record<string, readonly string[]>> = {
  "family.decile <= 4 && members.exists(m, m.age >= 70 && m.sex == 'female')": [],
  'size(members) > 0 && family.answers.floorArea / size(members) < 8': [],
  "'PKH' in family.programmes || family.checkedOn >= '2025-01-01'": [],
  'size(members.filter(m, m.age < 18).map(m2, m2.age)) in [1, 2, 3]': [],
  '': ['empty | '],
  'family.decile <=': ['syntax | <'],
  'family.decil <= 4': ['unknown_field | family.decil | family.decile'],
  'family.flor == 1 || families.decile == 1': [
    'unknown_field | family.flor | family.answers.floor',
    'unknown_name | families | family',
  ],
  'family.answers.flor == "earth"': ['unknown_field | family.answers.flor | family.answers.floor'],
  'family.answers.height > 3': ['unknown_field | family.answers.height'],
  'family.answers == 3': ['unknown_field | family.answers'],
  'm.age > 3': ['unknown_name | m'],
  "members.exists(m, (m.sex) == 'femal')": ["unknown_value | 'femal' | female"],
  "family.answers.floor in ['earth', 'sand']": ["unknown_value | 'sand'"],
  "family.decile == '4'": ["not_same_type | '4'"],
  'family.decile && true': ['wrong_type | family.decile'],
  'members.exists(m, m.age)': ['wrong_type | m.age'],
  'family.decile': ['wrong_type | family.decile'],
  "family.region > '32'": ["not_comparable | family.region > '32'"],
  "family.checkedOn > '2026-02-30'": ["not_a_day | '2026-02-30'"],
  'family.answers.floorArea / size(members) < 8': ['zero | size(members)'],
  'family.decile / (size(members) - size(members)) > 1': ['zero | size(members) - size(members)'],
  'family.decile % 0 == 1': ['zero | 0'],
  'family.decile * 9007199254740991 > 1': ['too_large | family.decile * 9007199254740991'],
  '9007199254740993 > 1': ['too_large | 9007199254740993'],
  '1.5 > 1.0': ['not_supported | 1.5', 'not_supported | 1.0'],
  "family.region.matches('(a+)+$')": ["not_supported | family.region.matches('(a+)+$')"],
  'members[0].age > 3': ['not_supported | members[0]'],
  '{"a": 1}.a == 1': ['not_supported | {'],
  'sise(members) > 1': ['unknown_function | sise(members) | size'],
  'members.exists(members, true)': ['taken_name | members.exists(members, true)'],
  'members.all(a, members.all(b, members.all(c, members.all(d, true))))': ['too_deep | members.all(d, true)'],
  [`${'('.repeat(30)}true${')'.repeat(30)}`]: ['too_deep | ('],
  [`true${' && true'.repeat(300)}`]: ['too_long | ' + `true${' && true'.repeat(300)}`],
  [`1 == 1${' + 1'.repeat(400)}`]: ['too_deep | ' + `1 == 1${' + 1'.repeat(400)}`],
  [`[${'1,'.repeat(450)}1] == 1`]: ['too_big | ' + `[${'1,'.repeat(450)}1] == 1`],
  "'\\u0000' == family.region": ["characters | '\\u0000'"],
  '"\ud800" == family.region': ['characters | \ud800'],
}

test('faults are named at their place, with the nearest known name', () => {
  for (const [text, faults] of Object.entries(table)) assert.deepEqual(faultsOf(ruleOf(text)), faults, text)
})

test('a condition that doubles with every layer is refused before it becomes a statement', () => {
  const layers = (depth: number): string =>
    depth === 0 ? '(family.decile == 1)' : `(${layers(depth - 1)} == ${layers(depth - 1)})`
  assert.deepEqual(faultsOf(ruleOf(layers(3))), [])
  const text = layers(6).replaceAll(' ', '')
  assert.deepEqual(faultsOf(ruleOf(text)), [`too_big | ${text.slice(1, -1)}`])
})

test('amounts are whole rupiah, never negative, and no sum of them leaves what numbers hold', () => {
  assert.deepEqual(faultsOf(ruleOf('true', component('m.age * 1000'))), [])
  assert.deepEqual(faultsOf(ruleOf('true', component('family.decile - 2'))), ['negative | family.decile - 2'])
  assert.deepEqual(faultsOf(ruleOf('true', component('1000000000001'))), ['too_large | 1000000000001'])
  assert.deepEqual(faultsOf(ruleOf('true', component('true'))), ['wrong_type | true'])
  const twice = component('1').components.flatMap((one) => [one, { ...one, per: 'family' as const, most: 2 }])
  assert.deepEqual(faultsOf(ruleOf('true', { components: twice })), ['most_of_family', 'code_twice'])
})

const member = {
  ppks: [],
  disabilities: [],
  chronicIllnesses: [],
  answers: {},
  health: {},
  isHead: false,
  isPayee: false,
}
const family = (members: object[], more: object = {}): FamilyFacts => ({
  family: { region: '32.75.01.1002', status: 'active', programmes: [], answers: {}, decile: 2, ...more },
  members: members.map((one) => ({ ...member, ...one })),
})

test('PKH as an example: the four persons with the highest amounts, two of a component at most', () => {
  const rule = readRule(
    ruleOf('family.decile <= 4', {
      components: [
        {
          code: 'early',
          name: 'Anak usia dini',
          nameEn: 'Small child',
          per: 'person',
          when: 'm.age <= 6',
          amount: '750000',
          most: 2,
        },
        { code: 'old', name: 'Lanjut usia', nameEn: 'Elderly', per: 'person', when: 'm.age >= 60', amount: '600000' },
        { code: 'card', name: 'Kartu', nameEn: 'Card', per: 'family', when: 'true', amount: '10000' },
      ],
      limits: { persons: 4 },
    }),
    forms,
  )
  const small = ['a', 'b', 'c'].map((id) => ({ id, birthDate: '2022-05-05' }))
  const old = ['d', 'e', 'f'].map((id) => ({ id, age: 70 }))
  const answer = rule.evaluate(family([...small, ...old, { id: 'g' }]), '2026-11-22')
  assert.equal(answer.outcome, 'in')
  assert.equal(answer.amount, 2 * 750_000 + 2 * 600_000 + 10_000)
  assert.equal(answer.persons, 4)
  assert.deepEqual(
    answer.parts.map((one) => one.personId),
    [null, 'a', 'b', 'd', 'e'],
  )
  // Of g it is not known how old: nothing is counted, and that is told.
  assert.equal(answer.unsure, 3)
  assert.equal(rule.evaluate(family(old, { decile: 5 }), '2026-11-22').outcome, 'out')
  const { decile: _decile, ...unknown } = family(old).family
  const waiting = rule.evaluate({ ...family(old), family: unknown }, '2026-11-22')
  assert.deepEqual([waiting.outcome, waiting.missing, waiting.amount], ['waiting', 1, 0])
})

test('each part of a rule is explained, with the member, the datum and the day it holds since', () => {
  const rule = readRule(ruleOf('family.decile > 4 && members.exists(m, m.age >= 70 || m.pregnant)'), forms)
  const explained = rule.explain(
    {
      facts: family([
        { id: 'a', birthDate: '1950-01-01' },
        { id: 'b', age: 30 },
      ]),
      since: { 'family.decile': '2026-07-01', 'a.age': '2020-01-01' },
    },
    '2026-11-22',
  )
  assert.equal(explained.answer.outcome, 'out')
  const shown = explained.conditions[0]?.tree.map(({ depth, text, state, value, personId, since }) =>
    [depth, text, state === 'value' ? String(value) : state, personId, since]
      .filter((one) => one !== undefined)
      .join(' '),
  )
  assert.deepEqual(shown, [
    '0 family.decile > 4 && members.exists(m, m.age >= 70 || m.pregnant) false',
    '1 family.decile > 4 false',
    '2 family.decile 2 2026-07-01',
    '1 members.exists(m, m.age >= 70 || m.pregnant) true',
    '2 m.age >= 70 || m.pregnant true a',
    '3 m.age >= 70 true a',
    '4 m.age 76 a 2020-01-01',
    '3 m.pregnant missing a',
    '2 m.age >= 70 || m.pregnant missing b',
    '3 m.age >= 70 false b',
    '4 m.age 30 b',
    '3 m.pregnant missing b',
  ])
})
