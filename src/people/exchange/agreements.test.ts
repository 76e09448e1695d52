import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { buildApp } from '#src/app.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import { isInner } from './callback-address.ts'
import { isDue, readCron } from './cron.ts'
import { commonRegion } from './agreements.ts'
import { testDatabase } from '#test/support/postgres.ts'

const { db } = await testDatabase()
const app = await buildApp({
  db,
  files: {} as FileStore,
  baseUrl: 'http://localhost',
  secret: Buffer.alloc(32, 7),
  spdci: { prefix: '/lain', privateCallbacks: false },
})
after(() => app.close())

test('the prefix is a setting, and every address needs a token', async () => {
  for (const path of ['sync/search', 'sync/txn/status', 'search', 'subscribe', 'unsubscribe', 'txn/status']) {
    assert.equal(
      (await app.inject({ method: 'POST', url: `/lain/registry/${path}`, payload: {} })).statusCode,
      401,
      path,
    )
    assert.equal(
      (await app.inject({ method: 'POST', url: `/spdci/registry/${path}`, payload: {} })).statusCode,
      404,
      path,
    )
  }
})

test('the region of an agreement is the smallest that holds all of its regions', () => {
  assert.equal(commonRegion(['32.75', '32.75.01']), '32.75')
  assert.equal(commonRegion(['32.75', '32.76']), '32')
  assert.equal(commonRegion(['32', '33.13']), '00')
  assert.equal(commonRegion(['00']), '00')
})

test('cron of five fields and of Quartz say when it is time', () => {
  const quartz = readCron('0 0 0 5,15 * ? *')
  assert.ok(quartz)
  assert.equal(isDue(quartz, new Date('2026-11-04T12:00:00Z'), new Date('2026-11-04T23:59:00Z')), false)
  assert.equal(isDue(quartz, new Date('2026-11-04T12:00:00Z'), new Date('2026-11-05T00:00:00Z')), true)
  const five = readCron('*/15 8-9 * * mon')
  assert.ok(five)
  assert.equal(isDue(five, new Date('2026-11-23T08:00:00Z'), new Date('2026-11-23T08:14:00Z')), false)
  assert.equal(isDue(five, new Date('2026-11-23T08:00:00Z'), new Date('2026-11-23T08:15:00Z')), true)
  assert.equal(isDue(five, new Date('2026-11-24T08:00:00Z'), new Date('2026-11-24T09:59:00Z')), false)
  for (const wrong of ['', '* * *', '61 * * * *', '5-1 * * * *', 'a b c d e', '*/0 * * * *'])
    assert.equal(readCron(wrong), undefined, wrong)
})

test('no private IPv4 address is taken for a public one, however it is written', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  fc.assert(
    fc.property(fc.constantFrom('10', '127', '0', '224'), byte, byte, byte, (first, b, c, d) => {
      assert.ok(isInner(`${first}.${b}.${c}.${d}`))
      assert.ok(isInner(`::ffff:${first}.${b}.${c}.${d}`))
    }),
  )
  for (const one of [
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:7f00:1',
    'not an address',
  ])
    assert.ok(isInner(one), one)
  for (const one of ['8.8.8.8', '172.32.0.1', '2606:4700::1111']) assert.ok(!isInner(one), one)
})
