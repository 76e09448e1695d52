import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { readCsv } from './csv.ts'
import { entityOf, type FileRecord, linkRecords, qualityOf } from './link-records.ts'

const folder = path.resolve(import.meta.dirname, '../../../../shared/data/febrl')
const skip = existsSync(folder) ? false : `the FEBRL sets are not at ${path.join('..', 'shared', 'data', 'febrl')}`

const load = async (name: string): Promise<FileRecord[]> =>
  readCsv(await readFile(path.join(folder, name), 'utf8')).records
const entities = (records: readonly FileRecord[]) => records.map((record) => entityOf(record['rec_id']) ?? '')

test('FEBRL 1: duplicates within 1,000 records, without the social-security number', { skip }, async (t) => {
  const records = await load('febrl1.csv')
  const { f1, truth } = qualityOf(linkRecords(records).pairs, entities(records))
  t.diagnostic(`F1 ${f1.toFixed(5)}`)
  assert.equal(truth, 500)
  assert.ok(f1 >= 0.997, String(f1))
})

test('FEBRL 4: 5,000 records linked to 5,000, without the social-security number', { skip }, async (t) => {
  const [first, second] = [await load('febrl4a.csv'), await load('febrl4b.csv')]
  const { f1, truth } = qualityOf(linkRecords(first, second).pairs, entities(first), entities(second))
  t.diagnostic(`F1 ${f1.toFixed(5)}`)
  assert.equal(truth, 5000)
  assert.ok(f1 >= 0.993, String(f1))
})

test('FEBRL 4: nothing is found where nothing is twice', { skip }, async () => {
  const records = await load('febrl4a.csv')
  assert.ok(linkRecords(records).pairs.length <= 2)
})
