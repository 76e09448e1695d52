import assert from 'node:assert/strict'
import { test } from 'node:test'
import { partDraft, readPart } from './part.ts'

const rice = { code: 'beras', name: 'Beras', nameEn: 'Rice', unit: 'kg', quantity: 10 }
const both = { amount: 200_000, goods: [rice] }
const read = (entitled: typeof both, amount: string, pieces: string, reason = 'damaged') =>
  readPart(entitled, { amount, pieces: { beras: pieces }, reason })

test('a part of it is read as people write it, and never more, nothing or everything', () => {
  const part = { amount: 150_000, goods: [{ code: 'beras', quantity: 6 }], shortReason: 'damaged' }
  assert.deepEqual(read(both, ' 150.000', '6'), { part })
  assert.deepEqual(read(both, '200000', '0'), { part: { ...part, amount: 200_000, goods: [{ code: 'beras', quantity: 0 }] } }) // prettier-ignore
  const wrong = (...given: Parameters<typeof read>) => {
    const answer = read(...given)
    return 'faults' in answer ? Object.keys(answer.faults) : []
  }
  assert.deepEqual(wrong(both, '200.001', '11'), ['partAmount', 'part-beras'])
  assert.deepEqual(wrong(both, '', '-1'), ['partAmount', 'part-beras'])
  assert.deepEqual(wrong(both, '1,5', '6'), ['partAmount'])
  assert.deepEqual(wrong(both, '200.000', '10'), ['partAmount'], 'everything')
  assert.deepEqual(wrong(both, '0', '0'), ['partAmount'], 'nothing')
  assert.deepEqual(wrong(both, '1', '1', ''), ['shortReason'])
  // Goods only: there is no money to ask about.
  assert.deepEqual(wrong({ amount: 0, goods: [rice] }, '', '10'), ['part-beras'])
})

test('it begins with everything, or with what was recorded before', () => {
  assert.deepEqual(partDraft(both), { amount: '200000', pieces: { beras: '10' }, reason: '' })
  assert.deepEqual(partDraft(both, { amount: 5, goods: [], shortReason: 'other' }), { amount: '5', pieces: { beras: '0' }, reason: 'other' }) // prettier-ignore
})
