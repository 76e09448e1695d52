import type { Row, Sheet } from 'write-excel-file/node'
import type { Cell, Table } from './tables.ts'

export const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Tables as a workbook, a sheet each. Everything is text or a number: nothing in it is ever a formula. */
export async function workbook(tables: readonly Table[]): Promise<Buffer> {
  const sheets = tables.map(({ title, head, rows, shares }): Sheet<never> => ({
    // What a spreadsheet refuses in the name of a sheet.
    sheet: title.replace(/[\\/?*[\]:]/g, ' ').slice(0, 31),
    stickyRowsCount: 1,
    columns: head.map((word, at) => ({
      width: Math.min(60, Math.max(word.length, ...rows.slice(0, 200).map((row) => String(row[at] ?? '').length)) + 2),
    })),
    data: [
      head.map((value) => ({ value, type: String, fontWeight: 'bold' as const })),
      ...rows.map((row) => asRow(row, shares)),
    ],
  }))
  // Read when the first workbook is wanted: most processes never make one.
  const { default: writeExcelFile } = await import('write-excel-file/node')
  return writeExcelFile(sheets).toBuffer()
}

const asRow = (row: readonly Cell[], shares: ReadonlySet<number>): Row =>
  row.map((cell, at) => {
    if (cell === null || cell === '') return null
    if (typeof cell === 'string') return { value: printable(cell), type: String }
    return { value: cell, type: Number, format: shares.has(at) ? '0.0%' : '#,##0' }
  })

// XML cannot hold most control characters, not even escaped.
const printable = (text: string) =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, ' ')
