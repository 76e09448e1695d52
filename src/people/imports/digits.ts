import { NUMBER, shownCell } from './file/row.ts'

/** What a cell says of a number of sixteen digits, kept as text. Nothing is ever guessed. */
export type Sixteen = { digits: string } | { fault: 'lost' | 'length' } | null

const NOTHING = /^(?:|-+|0+|\.+|n\/?a|null|none|nihil|kosong|tidak ada|tdk ada|belum ada|x+)$/i

/** Empty, a dash, zeros or a word for nothing. */
export const isNothing = (text: string): boolean => text === '' || (text.length < 20 && NOTHING.test(text))

/** A double counts only even numbers above this: what passed through one may be off by one. */
const EXACT_UNTIL = 9_007_199_254_740_992n

/**
 * Reads a NIK or KK. `lostColumn`: half of its column end in 0, as after a spreadsheet that keeps fifteen digits.
 *   3.20101E+15, 3,20101E+15       lost
 *   a number ending in 0           lost: spreadsheets put 0 for the sixteenth digit
 *   '3275 0110 0290 0001, .0       taken
 */
export function readSixteen(cell: string, lostColumn = false): Sixteen {
  if (cell.length === 16 && SIXTEEN.test(cell)) {
    if (cell.charCodeAt(15) === 48) {
      if (lostColumn) return { fault: 'lost' }
      if (NOTHING.test(cell)) return null
    }
    return { digits: cell }
  }
  const text = shownCell(cell)
  if (isNothing(text)) return null
  const power = /^['’]?(\d)(?:[.,](\d+))?e\+?(\d+)$/i.exec(text)
  if (power) {
    const digits = `${power[1] ?? ''}${power[2] ?? ''}`
    return digits.length === 16 && Number(power[3]) === 15 && !digits.endsWith('0') ? { digits } : { fault: 'lost' }
  }
  const decimals = /^\d{16}[.,]0+$/.test(text)
  const digits = decimals ? text.slice(0, 16) : text.replace(/[\s.,'’`-]+/g, '')
  if (!SIXTEEN.test(digits)) return { fault: 'length' }
  const numeric = cell.startsWith(NUMBER) || decimals
  if (numeric && digits.endsWith('0')) return { fault: 'lost' }
  if (decimals && BigInt(digits) >= EXACT_UNTIL) return { fault: 'lost' }
  return lostColumn && digits.endsWith('0') ? { fault: 'lost' } : { digits }
}
const SIXTEEN = /^[0-9]{16}$/

/** A key of another system: any short text that is no rounded number. */
export function readKey(cell: string): { key: string } | { fault: 'lost' | 'length' } | null {
  const text = shownCell(cell)
  if (isNothing(text)) return null
  if (/^\d(?:[.,]\d+)?e\+?\d+$/i.test(text)) return { fault: 'lost' }
  if (cell.startsWith(NUMBER) && /^\d{16,}$/.test(text)) {
    if (text.length > 16 || text.endsWith('0')) return { fault: 'lost' }
  }
  const key = text.replace(/^['’]/, '').toUpperCase()
  return key.length > 80 ? { fault: 'length' } : { key }
}

/** Whole numbers as people and spreadsheets write them: '3', '3,0', '3.00', 'Desil 3'. Null: not one. */
export function readWhole(text: string): number | null {
  const found = /^(?:\p{L}+\.?\s*)?(\d{1,4})(?:[.,]0+)?$/u.exec(text)
  return found ? Number(found[1]) : null
}
