import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { describeApi } from '../../scripts/openapi.ts'

test('docs/openapi.json is what the application says of itself (npm run openapi writes it)', async () => {
  const committed = await readFile('docs/openapi.json', 'utf8').catch(() => 'not there')
  const current = await describeApi()
  // Not a comparison of two long texts: where they differ says more.
  const [left, right] = [committed.split('\n'), current.split('\n')]
  const at = right.findIndex((line, index) => line !== left[index])
  assert.equal(at < 0 ? '' : `line ${at + 1}: ${left[at]} → ${right[at]}`, '')
  assert.equal(left.length, right.length)
})

test('the description is an OpenAPI 3.1 document with problems as problems', async () => {
  const api = JSON.parse(await describeApi()) as { openapi: string; paths: Record<string, unknown> }
  assert.equal(api.openapi, '3.1.0')
  assert.ok(Object.keys(api.paths).every((path) => path.startsWith('/api/')))
})
