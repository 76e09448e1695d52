import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { monthsBetween, sayAge } from './age.ts'
import { momentOf, momentQuery } from './moment.ts'
import { changesOf, givenOf, linesOf, questionsOf, sayValue, typedIn, typedOf, valueOf } from './questions.ts'

const schema = {
  type: 'object',
  required: ['house'],
  properties: {
    house: {
      type: 'string',
      enum: ['own', 'rented'],
      title: 'Status rumah',
      'x-title-en': 'House',
      'x-labels': { own: { id: 'Milik sendiri', en: 'Own' } },
    },
    area: { type: 'integer', minimum: 1, maximum: 2000, title: 'Luas lantai' },
    reads: { type: 'boolean', title: 'Dapat membaca' },
    assets: { type: 'array', items: { type: 'string', enum: ['gold', 'goats'] }, title: 'Harta' },
    rooms: { type: 'integer', enum: [1, 2, 3], title: 'Kamar' },
    since: { type: 'string', format: 'date', title: 'Sejak' },
    remark: { type: 'string', maxLength: 40, title: 'Keterangan' },
  },
}
const questions = questionsOf(schema)

test('a questionnaire becomes questions in its order, with its words', () => {
  assert.deepEqual(
    questions.map((one) => [one.name, one.kind, one.required]),
    [
      ['house', 'choice', true],
      ['area', 'number', false],
      ['reads', 'yesno', false],
      ['assets', 'choices', false],
      ['rooms', 'choice', false],
      ['since', 'date', false],
      ['remark', 'text', false],
    ],
  )
  assert.deepEqual(questions[0]?.options, [
    { value: 'own', label: 'Milik sendiri' },
    { value: 'rented', label: 'rented' },
  ])
  assert.deepEqual(questionsOf(undefined), [])
})

test('the order a questionnaire gives wins over that of its keys; questions without a place come last', () => {
  const asked = { b: { 'x-order': 2 }, d: {}, a: { 'x-order': 3 }, c: { 'x-order': 1 }, e: {} }
  assert.deepEqual(
    questionsOf({ properties: asked }).map((one) => one.name),
    ['c', 'b', 'a', 'd', 'e'],
  )
})

test('a form that was sent says what was typed', () => {
  const sent: Record<string, string[]> = {
    'answers.area': ['40'],
    'answers.assets': ['gold', 'goats'],
    'answers.reads': ['no'],
    'answers.house': [''],
  }
  const typed = typedIn(questions, 'answers.', (field) => sent[field] ?? [])
  assert.deepEqual(givenOf(questions, typed), { area: 40, reads: false, assets: ['gold', 'goats'] })
  const area = questions.find((one) => one.name === 'area')
  assert.ok(area)
  assert.equal(valueOf(area, '12,5'), 12.5)
  assert.equal(valueOf(area, '1.500.000'), '1.500.000')
})

test('what is not touched is no change, whatever stands', () => {
  const answer = fc.record(
    {
      house: fc.constantFrom('own', 'rented'),
      area: fc.integer({ min: 1, max: 2000 }),
      reads: fc.boolean(),
      assets: fc.subarray(['gold', 'goats'], { minLength: 1 }),
      rooms: fc.constantFrom(1, 2, 3),
      since: fc.constant('2026-02-03'),
      remark: fc.constantFrom('ada', 'tanah sewa'),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(answer, answer, (before, after) => {
      const typed = typedOf(questions, before)
      assert.deepEqual(changesOf(questions, typed, typedOf(questions, before)), {})
      assert.deepEqual(givenOf(questions, typed), { ...before })
      // Laying the changes over what stood gives what was typed.
      const changes = changesOf(questions, typed, typedOf(questions, after))
      const laid = Object.fromEntries(
        Object.entries({ ...before, ...changes }).filter(
          ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
        ),
      )
      assert.deepEqual(laid, { ...after })
    }),
  )
})

test('typed words become what the wire wants; what is no number goes as it is, to be refused at its field', () => {
  const [, area] = questions
  assert.ok(area)
  assert.equal(valueOf(area, ' 24 '), 24)
  assert.equal(valueOf(area, 'dua'), 'dua')
  assert.equal(valueOf(area, '  '), undefined)
  assert.equal(valueOf({ name: 'nik', label: 'NIK', kind: 'digits' }, '9999 0141.0885-0001'), '9999014108850001')
  assert.deepEqual(valueOf({ name: 'ill', label: '', kind: 'lines' }, 'asma\n\n darah tinggi '), [
    'asma',
    'darah tinggi',
  ])
  assert.equal(sayValue(area, 1250), '1.250')
  assert.deepEqual(linesOf(questions, { house: 'own', reads: false, assets: [] }), [
    { label: 'Status rumah', value: 'Milik sendiri' },
    { label: 'Dapat membaca', value: 'Tidak' },
  ])
})

test('ages: months for the smallest, nothing where nothing is known', () => {
  assert.equal(monthsBetween('2026-10-20', '2026-11-19'), 0)
  assert.equal(sayAge('2026-10-02', '2026-11-19'), '1 bln')
  assert.equal(sayAge('1985-11-20', '2026-11-19'), '40 th')
  assert.equal(sayAge('1985-11-19', '2026-11-19'), '41 th')
  assert.equal(sayAge(undefined, '2026-11-19'), '')
  assert.equal(sayAge('2027-01-01', '2026-11-19'), '')
})

test('the past of an address: days only, and what was believed on a day was believed until its end', () => {
  const at = (query: string) => momentOf(new URL(`http://pilar.invalid/keluarga/1?${query}`))
  assert.deepEqual(at('on=2026-05-01'), { on: '2026-05-01', known: '' })
  assert.deepEqual(at('knownAt=2026-05-01'), { on: '2026-05-01', known: '2026-05-01' })
  assert.deepEqual(at('on=kemarin&knownAt=2026-13-40'), { on: '', known: '' })
  assert.equal(momentQuery(at('on=2026-01-02&knownAt=2026-05-01')).get('knownAt'), '2026-05-01T16:59:59.999Z')
})
