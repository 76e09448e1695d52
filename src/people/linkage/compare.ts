import { jaroWinkler, oneSlip } from './similarity.ts'

/** One record: its values in the order of the fields; '' where unknown. */
export type Row = readonly string[]

/** No statement: one of the two values is unknown. */
export const unknown = -1

/**
 * How one field of two records is compared. The levels count from 0 (the same) to `levels - 1` (differs); what lies between is
 * for the field to say. Symmetric.
 */
export type Comparison = {
  key: string
  levels: number
  compare: (a: Row, b: Row) => number
  /** the value whose frequency stands for chance where the level is 0 */
  term?: (row: Row) => string
  /** shared by people of one household */
  household?: boolean
  /** by level, how often it comes about at least between two people: where it follows from what another comparison has counted already */
  least?: readonly number[]
}

/** Same, near (one slip), alike (Jaro-Winkler ≥ .88), a bit alike (≥ .75), stands in another field, differs. */
export function text(key: string, at: number, others: readonly number[] = [], household = false): Comparison {
  const elsewhere = (value: string, row: Row) =>
    value.length > 2 && others.some((other) => row[other] !== '' && jaroWinkler(value, row[other] ?? '') >= 0.92)
  return {
    key,
    levels: 6,
    household,
    term: (row) => row[at] ?? '',
    compare: (a, b) => {
      const left = a[at] ?? ''
      const right = b[at] ?? ''
      if (left === '' || right === '') {
        if (left !== '' && elsewhere(left, b)) return 4
        if (right !== '' && elsewhere(right, a)) return 4
        return unknown
      }
      if (left === right) return 0
      const alike = jaroWinkler(left, right)
      if (alike >= 0.75 && oneSlip(left, right)) return 1
      if (alike >= 0.88) return 2
      if (elsewhere(left, b) || elsewhere(right, a)) return 4
      return alike >= 0.75 ? 3 : 5
    },
  }
}

/** Same, one slip, differs. For numbers of a house, postcodes, RT and RW. */
export function number(key: string, at: number, household = false): Comparison {
  return {
    key,
    levels: 3,
    household,
    term: (row) => row[at] ?? '',
    compare: (a, b) => {
      const left = a[at] ?? ''
      const right = b[at] ?? ''
      if (left === '' || right === '') return unknown
      if (left === right) return 0
      return oneSlip(left, right) ? 1 : 2
    },
  }
}

/** Same or not. */
export function code(key: string, at: number, household = false): Comparison {
  return {
    key,
    levels: 2,
    household,
    term: (row) => row[at] ?? '',
    compare: (a, b) => (a[at] === '' || b[at] === '' ? unknown : a[at] === b[at] ? 0 : 1),
  }
}

/** Dates 'YYYYMMDD'. Same; one slip, or day and month exchanged; two of day, month and year the same; differs. */
export function date(key: string, at: number): Comparison {
  return {
    key,
    levels: 4,
    term: (row) => row[at] ?? '',
    compare: (a, b) => {
      const left = a[at] ?? ''
      const right = b[at] ?? ''
      if (left === '' || right === '') return unknown
      return dateLevel(left, right)
    },
  }
}

export function dateLevel(left: string, right: string): number {
  if (left === right) return 0
  if (oneSlip(left, right)) return 1
  const sameYear = left.slice(0, 4) === right.slice(0, 4)
  if (sameYear && left.slice(4, 6) === right.slice(6, 8) && left.slice(6, 8) === right.slice(4, 6)) return 1
  const same = [sameYear, left.slice(4, 6) === right.slice(4, 6), left.slice(6, 8) === right.slice(6, 8)]
  return same.filter(Boolean).length === 2 ? 2 : 3
}
