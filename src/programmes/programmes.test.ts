import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '#test/support/postgres.ts'
import { activeProgrammes } from './index.ts'

test('only programmes that run today are listed, by the day of the capital', async () => {
  let now = new Date('2026-11-23T02:00:00Z')
  const { db, sql } = await testDatabase({ clock: () => now })
  const codes = async () => (await db.asPublic(activeProgrammes)).map((one) => one.code)
  assert.ok((await codes()).includes('PKH'))
  await sql(`update programme set active_to = '2026-11-30' where code = 'BST'`)
  await sql(`update programme set active_from = '2026-12-01' where code = 'PENA'`)
  assert.ok((await codes()).includes('BST'))
  assert.ok(!(await codes()).includes('PENA'))
  // One in the morning of the first of December in Jakarta, still November in UTC.
  now = new Date('2026-11-30T18:00:00Z')
  assert.ok(!(await codes()).includes('BST'))
  assert.ok((await codes()).includes('PENA'))
})
