import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Me } from '#src/access/schema.ts'
import { landing } from './landing.ts'

const acting = (role: NonNullable<Me['acting']>['role']) => ({ acting: { role } as Me['acting'], owed: null })

test('people land at their desk, or where they were going', () => {
  assert.equal(landing(acting('officer'), null), '/kerja')
  assert.equal(landing(acting('administrator'), null), '/kelola/akun')
  assert.equal(landing(acting('officer'), '/kerja/P-123?x=1'), '/kerja/P-123?x=1')
})

test('what is owed comes first, and nobody is sent to another site', () => {
  assert.equal(landing({ acting: null, owed: 'second_factor' }, '/kerja'), '/akun')
  assert.equal(landing({ acting: null, owed: 'assignment' }, '/kerja'), '/tugas?kembali=%2Fkerja')
  for (const back of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])
    assert.equal(landing(acting('officer'), back), '/kerja')
})
