/**
 * A cell is its text. What a spreadsheet stored as a number or a date keeps a mark in front, because a number of sixteen
 * digits may have lost some and a date needs no guessing.
 */
export const NUMBER = '\u0001'
/** followed by 'YYYY-MM-DD' */
export const DATE = '\u0002'

/** `at`: number of the row as a spreadsheet shows it, from 1. */
export type Row = { at: number; cells: string[] }

/** A file that cannot be read at all; `code` is that of a sentence. */
export class Unreadable extends Error {
  readonly code: string
  readonly params: Record<string, string | number>
  constructor(code: string, params: Record<string, string | number> = {}) {
    super(code)
    this.name = 'Unreadable'
    this.code = code
    this.params = params
  }
}

/** What people see in the cell: without marks, spaces and invisible characters tidied. */
export function shownCell(cell: string): string {
  const first = cell.charCodeAt(0)
  const text = first === 1 || first === 2 ? cell.slice(1) : cell
  // The mark that our own files put before what a spreadsheet would take for a formula.
  const bare = first === 39 && /^'[=+\-@]/.test(text) ? text.slice(1) : text
  return PLAIN.test(bare) ? bare : tidy(bare)
}

// Letters, digits and what names and addresses hold, without a space at an end or two in a row: nearly every cell.
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/

/** No-break and other odd spaces become one space; zero-width marks, direction marks, control characters go. */
const tidy = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\u200B-\u200F\u2060-\u2064\u202A-\u202E\u2066-\u2069\uFEFF\u00AD\u061C]/gu, '')
    .replace(/[\s\u00A0\u2007\u202F\u0001-\u001F\u007F-\u009F]+/gu, ' ')
    .toWellFormed()
    .replaceAll('\0', '')
    .trim()
