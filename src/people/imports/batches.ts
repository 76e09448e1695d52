import { createHash } from 'node:crypto'
import type { Row } from './file/row.ts'
import { familyKeyReader, type Reading, rowReader } from './read-row.ts'
import { isFailure, type Remark } from './remarks.ts'
import { firstSeen, type FirstSeen } from './seen.ts'
import type { Evidence } from './survey.ts'
import type { Told } from './told.ts'

/** All rows of one family. */
export type Unit = { key: string; rows: Told[] }

/** Some thousand rows that are checked or loaded together; the same file gives the same batches every time. */
export type Batch = {
  /** from 1 */
  seq: number
  /** rows read since the beginning, this batch included */
  rowsDone: number
  rows: number
  units: Unit[]
  remarks: Remark[]
  /** sha256 of the rows as they were read */
  digest: string
}

/**
 * Reads rows, tells duplicates, and puts families together. `rows` is called a second time where the rows of a family lie
 * apart: it then finds out first where each family ends, so that what is kept in memory is what is still open.
 */
export async function* batchesOf(
  rows: () => AsyncIterable<Row[]>,
  reading: Reading,
  evidence: Pick<Evidence, 'contiguous' | 'batchRows'>,
): AsyncGenerator<Batch> {
  const read = rowReader(reading)
  const keyOf = familyKeyReader(reading)
  const ends = evidence.contiguous ? null : await lastRows(rows(), keyOf)
  const doubles = duplicateFinder()
  const open = new Map<string, Told[]>()
  let lastKey: string | null = null
  let rowsDone = 0
  let seq = 0
  let batch = empty()
  let hash = createHash('sha256')

  const close = (key: string) => {
    const unit = open.get(key)
    open.delete(key)
    if (unit && unit.length > 0) batch.units.push({ key, rows: unit })
  }
  const finish = (): Batch => {
    seq++
    const { units, remarks, rows: count } = batch
    const finished = { seq, rowsDone, rows: count, units, remarks, digest: hash.digest('hex') }
    batch = empty()
    hash = createHash('sha256')
    return finished
  }

  for await (const some of rows())
    for (const row of some) {
      const key = keyOf(row)
      if (!ends && key !== null && key !== lastKey) {
        if (lastKey !== null) close(lastKey)
        lastKey = key
        // A batch ends where a family does.
        if (batch.rows >= evidence.batchRows) yield finish()
      }
      rowsDone++
      batch.rows++
      hash.update(`${row.at}\u001f${row.cells.join('\u001f')}\u001e`)
      const told = read(row, batch.remarks)
      if (told && !doubles(told, batch.remarks)) {
        const unit = open.get(told.familyKey)
        if (unit) unit.push(told)
        else open.set(told.familyKey, [told])
      }
      if (ends && key !== null && ends.get(key) === row.at) {
        close(key)
        if (batch.rows >= evidence.batchRows) yield finish()
      }
    }
  for (const key of open.keys()) close(key)
  if (batch.rows > 0) yield finish()
}

const empty = () => ({ rows: 0, units: [] as Unit[], remarks: [] as Remark[] })

async function lastRows(rows: AsyncIterable<Row[]>, keyOf: (row: Row) => string | null): Promise<FirstSeen> {
  const ends = firstSeen()
  for await (const some of rows)
    for (const row of some) {
      const key = keyOf(row)
      if (key !== null) ends.put(key, row.at, true)
    }
  return ends
}

/** Says of a row whether it repeats an earlier one of the same person; the same NIK in two families is only doubtful. */
function duplicateFinder() {
  const persons = firstSeen()
  const numbers = firstSeen()
  return (told: Told, remarks: Remark[]): boolean => {
    const { key, nik, name, birthDate } = told.person
    const own = key ?? `${told.familyKey}|${nik ?? `${name.toUpperCase()}|${birthDate ?? ''}`}`
    if (persons.put(own, told.at) !== undefined) {
      remarks.push([told.at, 'duplicate_row', -1])
      return true
    }
    if (nik && numbers.put(nik, told.at) !== undefined) remarks.push([told.at, 'nik_twice', -1])
    return false
  }
}

/** Rows of a batch that failed, and that were only warned of. */
export function countRemarks(remarks: readonly Remark[]): { failed: number; warned: number } {
  const failed = new Set<number>()
  const warned = new Set<number>()
  for (const [at, reason] of remarks) (isFailure(reason) ? failed : warned).add(at)
  let only = 0
  for (const at of warned) if (!failed.has(at)) only++
  return { failed: failed.size, warned: only }
}
