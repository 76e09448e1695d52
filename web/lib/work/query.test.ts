import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { changed, inboxHref, isFiltered, queryOf, searchOf, withoutFilters } from './query.ts'

const parse = (text: string) => queryOf(new URLSearchParams(text))

test('an address becomes a query, and what nobody can have meant is left out', () => {
  assert.deepEqual(parse('state=received&state=verified&state=received&overdue=true&q=beras'), {
    overdue: true,
    q: 'beras',
    state: ['received', 'verified'],
  })
  assert.deepEqual(parse('view=everything&sort=size&region=x&assignee=1&overdue=no&after=%3C&limit=9&foo=1'), {})
})

test('a query and its address are one and the same', () => {
  const day = fc.constantFrom('2026-01-05', '2026-11-21')
  const queries = fc.record(
    {
      view: fc.constantFrom('office' as const, 'mine' as const, 'to_verify' as const),
      status: fc.constantFrom('open' as const, 'all' as const),
      q: fc.string({ minLength: 1, maxLength: 200 }),
      class: fc.uniqueArray(fc.constantFrom('complaint' as const, 'oversight' as const), { minLength: 1 }),
      overdue: fc.constant(true),
      region: fc.constantFrom('32', '32.75.05.1003'),
      counted: fc.constantFrom('state', 'programme:', 'answered_in:2026-10', 'answered:village,district'),
      from: day,
      to: day,
      sort: fc.constantFrom('due' as const, '-filed' as const),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  fc.assert(fc.property(queries, (query) => assert.deepEqual(parse(searchOf(query)), query)))
})

test('a changed filter begins at the first page, and taking filters away keeps the queue', () => {
  const query = parse('view=mine&sort=changed&q=beras&after=abc')
  assert.equal(inboxHref(changed(query, { q: 'pkh' })), '/kerja?view=mine&q=pkh&sort=changed')
  assert.equal(inboxHref(changed(query, { q: undefined })), '/kerja?view=mine&sort=changed')
  assert.equal(inboxHref(withoutFilters(query)), '/kerja?view=mine&sort=changed')
  assert.ok(isFiltered(query))
  assert.ok(!isFiltered(parse('view=mine&sort=changed')))
})
