import type { Row } from 'write-excel-file/node'

export const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
export type Cell = string | number | null

/** One table as a workbook, with lines of text above it. Everything is text or a number: nothing in it is ever a formula. */
export async function sheet(
  title: string,
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  notes: readonly (readonly string[])[] = [],
): Promise<Buffer> {
  const text = (value: string) => ({ value: printable(value), type: String })
  const data: Row[] = [
    ...notes.map((line) => line.map(text)),
    head.map((value) => ({ value, type: String, fontWeight: 'bold' as const })),
    ...rows.map((row) =>
      row.map((cell) => {
        if (cell === null || cell === '') return null
        return typeof cell === 'string' ? text(cell) : { value: cell, type: Number, format: '#,##0' }
      }),
    ),
  ]
  const columns = head.map((word, at) => ({
    width: Math.min(60, Math.max(word.length, ...rows.slice(0, 200).map((row) => String(row[at] ?? '').length)) + 2),
  }))
  const { default: writeExcelFile } = await import('write-excel-file/node')
  return writeExcelFile([{ sheet: title.slice(0, 31), stickyRowsCount: notes.length + 1, columns, data }]).toBuffer()
}

// XML cannot hold most control characters, not even escaped.
const printable = (text: string) =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, ' ')
