import assert from 'node:assert/strict'
import { test } from 'node:test'
import { v7 as uuid } from 'uuid'
import { asProblem } from '#src/platform/http/answer.ts'
import { testDatabase } from '#test/support/postgres.ts'
import type { Change } from './change.ts'
import { onRegisterChange, recordChanges } from './index.ts'

const { db, sql } = await testDatabase()
const village = '32.75.01.1002'

test('many changes take as many statements as one, and each is an act in the audit log with a digest', async () => {
  const heard: number[] = []
  const deaf = onRegisterChange(async (_tx, told) => void heard.push(told.families.length))
  const changes = Array.from({ length: 60 }, (_, index): Change => {
    const [family, person] = [uuid(), uuid()]
    return {
      id: uuid(),
      kind: 'registered',
      effectiveOn: '2026-01-01',
      source: 'import',
      check: 'none',
      parts: [
        {
          subject: 'family',
          subjectId: family,
          isNew: true,
          patch: { regionCode: village, status: 'active', headId: person },
        },
        {
          subject: 'person',
          subjectId: person,
          isNew: true,
          patch: { familyId: family, name: `Banyak ${index}`, status: 'active' },
        },
      ],
    }
  })
  const done = await db.asSystem('test: many changes', (tx) => recordChanges(tx, { role: 'system' }, changes))
  deaf()
  assert.equal(done.length, 60)
  assert.deepEqual(heard, [60])
  const ids = changes.map((one) => one.id)
  const acts = await sql<{ detail: Record<string, unknown> }>(
    `select detail from audit_entry where subject = 'register_change' and subject_id = any ($1)`,
    [ids],
  )
  assert.equal(acts.length, 60)
  assert.match(String(acts[0]?.detail['sha256']), /^[0-9a-f]{64}$/)
  assert.ok(!JSON.stringify(acts).includes('Banyak'))
  const [first, second] = changes
  assert.ok(first && second)
  const bad = [
    {
      ...first,
      id: uuid(),
      kind: 'decile_set' as const,
      parts: [{ subject: 'family' as const, subjectId: first.parts[0]?.subjectId ?? '', patch: { decile: 1 } }],
    },
    { ...second, id: uuid() },
  ]
  await assert.rejects(
    db.asSystem('test: many changes', (tx) => recordChanges(tx, { role: 'system' }, bad)),
    (error) => {
      assert.deepEqual(
        asProblem(error)?.errors.map((one) => one.field),
        ['changes.1.parts.0.subjectId'],
      )
      return true
    },
  )
  assert.equal(
    (await sql('select from family where id = $1 and decile is null', [first.parts[0]?.subjectId])).length,
    1,
  )
})
