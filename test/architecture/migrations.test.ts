import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'

const files = (await readdir('migrations')).toSorted()

/** Numbers that were set aside and not needed. Never given again: a database may have run what had them. */
const unused = new Set<number>()

test('migrations are numbered in order, without a gap or a number given twice', () => {
  assert.deepEqual(
    files.filter((file) => !/^\d{4}_[a-z0-9_]+\.sql$/.test(file)),
    [],
  )
  const numbers = files.map((file) => Number(file.slice(0, 4)))
  const last = numbers.at(-1) ?? 0
  assert.deepEqual(
    numbers,
    Array.from({ length: last }, (_, index) => index + 1).filter((number) => !unused.has(number)),
  )
})

test('migrations go forward only, and leave transactions to the one who runs them', async () => {
  const wrong: string[] = []
  for (const file of files) {
    const text = (await readFile(`migrations/${file}`, 'utf8')).replaceAll(/--[^\n]*/g, '')
    if (/^\s*(commit|rollback|start transaction)\s*;/im.test(text)) wrong.push(`${file}: a transaction of its own`)
    if (/\bcreate\s+type\s+\S+\s+as\s+enum\b/i.test(text)) wrong.push(`${file}: an enum; states are text with a check`)
    if (/\bon delete cascade\b/i.test(text)) wrong.push(`${file}: deletes what it does not name`)
  }
  assert.deepEqual(wrong, [])
})
