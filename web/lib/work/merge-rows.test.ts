import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { ListItem, Page } from '#src/complaints/schema.ts'
import { merge } from './merge-rows.ts'

const row = (id: string, changedAt = '1') => ({ id, changedAt }) as ListItem
const page = (ids: string[], next: string | null = null): Page => ({ items: ids.map((id) => row(id)), next })
const none = new Set<string>()

test('no row moves: what is shown stays in its place, changed or gone, and new ones wait', () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'), { maxLength: 10 })
  fc.assert(
    fc.property(ids, ids, fc.boolean(), (before, after, full) => {
      const merged = merge(
        before.map((id) => row(id)),
        page(after, full ? 'next' : null),
        none,
      )
      assert.deepEqual(
        merged.rows.map((one) => one.id),
        before,
      )
      for (const id of merged.gone) assert.ok(!after.includes(id))
      if (!full) {
        assert.equal(merged.gone.size, before.filter((id) => !after.includes(id)).length)
        assert.equal(merged.news, after.filter((id) => !before.includes(id)).length)
      }
    }),
  )
})

test('on a full page, rows pushed over its end are not gone, and rows moving up are no news', () => {
  const pushed = merge([row('a'), row('b')], page(['new', 'a'], 'next'), none)
  assert.deepEqual([[...pushed.gone], pushed.news], [[], 1])
  const left = merge([row('a'), row('b')], page(['b', 'c'], 'next'), none)
  assert.deepEqual([[...left.gone], left.news], [['a'], 0])
})

test('a changed row is marked once, and one that comes back is no longer gone', () => {
  const changed = merge([row('a')], { items: [row('a', '2')], next: null }, none)
  assert.deepEqual([...changed.fresh], ['a'])
  assert.equal(merge(changed.rows, { items: [row('a', '2')], next: null }, new Set(['a'])).fresh.size, 0)
  assert.equal(merge([row('a')], page(['a']), new Set(['a'])).gone.size, 0)
})
