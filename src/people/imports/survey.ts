import type { Mapping } from './columns.ts'
import { type DateEvidence, type DateOrder, decideOrder, noEvidence, weigh } from './dates.ts'
import { readSixteen } from './digits.ts'
import type { Row } from './file/row.ts'
import { familyKeyReader } from './read-row.ts'
import { firstSeen } from './seen.ts'

/** What all rows together say, before any is read for itself. */
export type Evidence = {
  /** order of the birth dates; null: the file does not say, people must */
  dateOrder: DateOrder | null
  lostColumns: number[]
  /** the rows of each family lie together */
  contiguous: boolean
  /** rows of a batch, kept so that a load goes on with the same batches after a new release */
  batchRows: number
}

export const BATCH_ROWS = 5000
/** In a column of real numbers one of ten ends in 0. */
const LOST_SHARE = 0.5
const LOST_FROM = 10

/** Goes once through the file. */
export async function survey(rows: AsyncIterable<Row[]>, mapping: Mapping): Promise<Evidence> {
  const columnOf = (target: string) => Number(Object.entries(mapping).find(([, one]) => one === target)?.[0] ?? -1)
  const [nikAt, kkAt, birthAt] = [columnOf('nik'), columnOf('kk'), columnOf('birthDate')]
  const tens = new Map([nikAt, kkAt].filter((at) => at >= 0).map((at) => [at, { zero: 0, all: 0 }]))
  const keyOf = familyKeyReader({ mapping, lostColumns: [] })
  const closed = firstSeen()
  let contiguous = true
  let last: string | null = null
  const dates: DateEvidence = noEvidence()
  for await (const some of rows)
    for (const row of some) {
      for (const [at, count] of tens) {
        const value = readSixteen(row.cells[at] ?? '')
        if (value === null || !('digits' in value)) continue
        count.all++
        if (value.digits.endsWith('0')) count.zero++
      }
      if (birthAt >= 0) {
        const cell = row.cells[birthAt] ?? ''
        if (cell !== '') {
          const nik = readSixteen(row.cells[nikAt] ?? '')
          weigh(dates, cell, nik && 'digits' in nik ? nik.digits : null)
        }
      }
      if (contiguous) {
        const key = keyOf(row)
        if (key !== null && key !== last) {
          if (last !== null) closed.put(last, row.at)
          if (closed.get(key) !== undefined) contiguous = false
          last = key
        }
      }
    }
  const lostColumns = [...tens].filter(([, { zero, all }]) => all >= LOST_FROM && zero >= all * LOST_SHARE)
  return {
    dateOrder: birthAt < 0 ? 'dmy' : decideOrder(dates),
    lostColumns: lostColumns.map(([at]) => at),
    contiguous,
    batchRows: BATCH_ROWS,
  }
}
