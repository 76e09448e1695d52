import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadRegions } from './load.ts'
import { fullTestDatabase } from '#test/support/postgres.ts'

test('the whole tree', async () => {
  let began = Date.now()
  const { sql, ownerUrl } = await fullTestDatabase()
  console.log('full', Date.now() - began)
  console.log(await sql(`select tier, count(*) from region group by tier`))
  began = Date.now()
  console.log(await loadRegions(ownerUrl), Date.now() - began)
  assert.ok(true)
})
