import { createHash } from 'node:crypto'
import { sentence } from '#src/platform/http/sentences.ts'
import { recognise } from '../columns.ts'
import { DATE, NUMBER, shownCell, type Row } from './row.ts'

/** `headerAt`: the last row of the header; what stands above are titles. */
export type Header = { headerAt: number; headers: string[] }

const isText = (cell: string) => {
  const first = cell[0]
  return (
    first !== undefined && first !== NUMBER && first !== DATE && /\p{L}/u.test(cell) && shownCell(cell).length <= 80
  )
}

/**
 * The row that names the columns: the one with most names we know, else the fullest one of text alone. Titles stand above
 * it. A second row of names under merged cells is joined to it ('Alamat' above 'RT' and 'RW').
 */
export function findHeader(rows: readonly Row[]): Header | null {
  let best: { row: Row; index: number; score: number } | undefined
  for (const [index, row] of rows.entries()) {
    const texts = row.cells.filter(isText)
    const filled = row.cells.filter((cell) => shownCell(cell) !== '')
    if (texts.length < 2 || texts.length < filled.length * 0.8) continue
    const known = texts.filter((cell) => recognise(shownCell(cell)) !== null).length
    // Rows of data come after their header: of equals the first.
    const score = known * 100 + texts.length
    if (!best || score > best.score) best = { row, index, score }
  }
  if (!best) return null
  const { row, index } = best
  const above = rows[index - 1]
  const below = rows[index + 1]
  const width = Math.max(row.cells.length, below && isSecondHeader(row, below) ? below.cells.length : 0)
  let last = row.at
  let names = Array.from({ length: width }, (_, at) => shownCell(row.cells[at] ?? ''))
  if (below && isSecondHeader(row, below)) {
    const upper = spread(names)
    names = names.map((_, at) => [upper[at], shownCell(below.cells[at] ?? '')].filter(Boolean).join(' '))
    last = below.at
  } else if (above && isSecondHeader(above, row)) {
    const upper = spread(names.map((_, at) => shownCell(above.cells[at] ?? '')))
    names = names.map((name, at) => name || (upper[at] ?? ''))
  }
  const next = rows.find((one) => one.at > last)
  // Printed tables number their columns beneath the header.
  if (next && isNumbering(next)) last = next.at
  return { headerAt: last, headers: different(names) }
}

/** Text alone, in columns where the row above is empty or merged, and no value of a person. */
function isSecondHeader(upper: Row, lower: Row): boolean {
  const filled = lower.cells.filter((cell) => shownCell(cell) !== '')
  if (filled.length === 0 || !filled.every(isText)) return false
  const beneathNothing = lower.cells.filter((cell, at) => shownCell(cell) && !shownCell(upper.cells[at] ?? '')).length
  const known = filled.filter((cell) => recognise(shownCell(cell)) !== null).length
  return beneathNothing > 0 && known > 0 && filled.length < lower.cells.length + 1 && lower.at === upper.at + 1
}

/** A merged cell keeps its text in the first of its columns. */
function spread(names: readonly string[]): string[] {
  let last = ''
  return names.map((name) => (last = name || last))
}

const isNumbering = (row: Row): boolean => {
  const said = row.cells.map(shownCell).filter(Boolean)
  return said.length > 2 && said.every((one, at) => one.replace(/[().]/g, '') === String(at + 1))
}

/** The same name twice gets a number; a column without one is called by its letters. */
function different(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name, at) => {
    const said = (name || `Kolom ${letters(at)}`).slice(0, 80)
    const times = (seen.get(said) ?? 0) + 1
    seen.set(said, times)
    return times === 1 ? said : `${said} (${times})`
  })
}

/** 0 is A, 26 is AA */
export const letters = (at: number): string =>
  (at >= 26 ? letters(Math.floor(at / 26) - 1) : '') + String.fromCharCode(65 + (at % 26))

export function isRepeatedHeader(row: Row, headers: readonly string[], headerAt: number): boolean {
  if (row.at <= headerAt) return true
  let same = 0
  for (let at = 0; at < row.cells.length; at++) {
    const cell = row.cells[at]
    if (!cell) continue
    if (cell !== headers[at] && shownCell(cell) !== headers[at]) return isNumbering(row)
    same++
  }
  return same > 1
}

/** The two columns of a file of failed rows: it is read like the file it comes from. */
const added = new Set(
  (['id', 'en'] as const).flatMap((locale) => [
    sentence('imports_failed_row', locale),
    sentence('imports_failed_reason', locale),
  ]),
)

/** Files with the same headers are read the same way, in whatever case and order of spaces they are written. */
export const headersHash = (headers: readonly string[]): string =>
  createHash('sha256')
    .update(
      headers
        .filter((one) => !added.has(one))
        .map((one) =>
          one
            .toLowerCase()
            .replace(/[^\p{L}\p{N}]+/gu, ' ')
            .trim(),
        )
        .join('\n'),
    )
    .digest('hex')
