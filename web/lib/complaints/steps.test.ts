import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Content } from './draft.ts'
import { readNumber, readSymbols } from './number.ts'
import { firstUnfinished, nextStep, sendable, stepAsking, stepBefore, stepOf, steps, typedOn } from './steps.ts'

const finished: Content = {
  class: 'complaint',
  matter: 'delivery.late',
  regionCode: '99.99.99.9001',
  body: 'Bantuan terlambat tiga bulan.',
  about: 'self',
  'complainant.name': 'Darmi',
}

const contents = fc.record<Content>(
  {
    class: fc.constantFrom('', 'information', 'suggestion', 'complaint', 'oversight', 'nonsense'),
    matter: fc.constantFrom('', 'delivery.late'),
    regionCode: fc.constantFrom('', '99.99.99.9001', '99'),
    body: fc.string(),
    about: fc.constantFrom('', 'self', 'other', 'many'),
    anonymous: fc.constantFrom('', 'yes'),
    'complainant.name': fc.constantFrom('', 'Darmi'),
    'complainant.nik': fc.constantFrom('', '9999015708859001', '12'),
    'complainant.relationship': fc.constantFrom('', 'anak'),
    'concerned.0.name': fc.constantFrom('', 'Sumiati'),
    'concerned.0.nik': fc.constantFrom('', '9999015708859001'),
  },
  { requiredKeys: [] },
)

test('forwards from the first page every page that is asked comes once, and ends at the answers', () => {
  fc.assert(
    fc.property(contents, (content) => {
      const walked = [stepOf('class')]
      while (walked.at(-1)?.name !== 'check') walked.push(nextStep(walked.at(-1) ?? stepOf('class'), content))
      assert.deepEqual(
        walked.map(({ name }) => name),
        steps.filter((step) => step.asked(content)).map(({ name }) => name),
      )
    }),
  )
})

test('back leads to a page that leads here again', () => {
  fc.assert(
    fc.property(contents, fc.constantFrom(...steps), (content, step) => {
      const before = stepBefore(step, content)
      if (!before || !step.asked(content)) return
      const next = nextStep(before, content)
      assert.ok(next === step || next.name === 'similar')
    }),
  )
})

test('nothing is sent that was not asked, and every answer that was asked is', () => {
  fc.assert(
    fc.property(contents, (content) => {
      const sent = sendable(content)
      const asked = new Set(steps.filter((step) => step.asked(content)).flatMap(({ keys }) => keys))
      for (const key of Object.keys(content)) {
        if (key === 'about' || key === 'complainant.relationship') continue
        assert.equal(sent[key], asked.has(key) ? content[key] : '', key)
      }
      if (content['anonymous'] === 'yes') assert.ok(!sent['complainant.name'] && !sent['complainant.nik'])
    }),
  )
})

test('a finished complaint has nothing left; each missing answer is asked for on its own page', () => {
  assert.equal(firstUnfinished(finished), undefined)
  for (const [key, name] of [
    ['class', 'class'],
    ['matter', 'matter'],
    ['regionCode', 'place'],
    ['body', 'story'],
    ['about', 'about'],
    ['complainant.name', 'you'],
  ] as const) {
    const step = firstUnfinished({ ...finished, [key]: '' })
    assert.equal(step?.name, name)
    assert.equal(stepAsking(key).name, name)
    assert.equal(step?.faults({ ...finished, [key]: '' })[0]?.field, key)
  }
  assert.equal(firstUnfinished({ ...finished, anonymous: 'yes', 'complainant.name': '' }), undefined)
  assert.equal(firstUnfinished({ ...finished, about: 'other' })?.name, 'person')
})

test('numbers are read as people write them', () => {
  const form = new FormData()
  form.set('complainant.nik', ' 9999.0157 0885-9001 ')
  form.set('complainant.phone', '0812.0000.9001')
  form.set('complainant.name', '  Nur  ')
  const typed = typedOn(stepOf('you'), form)
  assert.equal(typed['complainant.nik'], '9999015708859001')
  assert.equal(typed['complainant.phone'], '0812 0000 9001')
  assert.equal(typed['complainant.name'], 'Nur')
  assert.equal(typed['complainant.address'], '', 'what the page asked for and was left empty is emptied')
  assert.deepEqual(stepOf('you').faults(typed), [])
  assert.equal(stepOf('you').faults({ ...typed, 'complainant.nik': '99990157' })[0]?.field, 'complainant.nik')
})

test('a secret or a code of a letter in any manner of writing; never anything a header cannot carry', () => {
  const say = { missing: () => 'missing', wrong: () => 'wrong' }
  assert.equal(readSymbols(' k7m3 9qxt ', 8, say).value, 'K7M3-9QXT')
  assert.equal(readSymbols('ｋ７ｍ３－９ｑｘｔ', 8, say).value, 'K7M3-9QXT')
  assert.equal(readSymbols('K7M39QXT4HPA', 12, say).value, 'K7M3-9QXT-4HPA')
  assert.equal(readSymbols(' - ', 8, say).fault, 'missing')
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      const { value } = readSymbols(text, 8, say)
      if (value !== undefined) assert.match(value, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
      const number = readNumber(text).value
      if (number !== undefined) assert.match(number, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    }),
  )
})
