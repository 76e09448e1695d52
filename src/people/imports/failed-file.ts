import { Readable } from 'node:stream'
import type { Locale } from '#src/platform/http/locale.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { shownCell } from './file/row.ts'
import { type Content, type TableForm, tableRows } from './file/table.ts'

type Reasons = ReadonlyMap<number, readonly { code: string; column: number }[]>

/** Rows of the file with these reasons, as they were sent, each with what is wrong: to be mended and sent again. */
async function* remarkedRows(content: Content, form: TableForm, reasons: Reasons, locale: Locale) {
  for await (const rows of tableRows(content, form)) {
    const found = rows.filter((row) => reasons.has(row.at))
    if (found.length > 0)
      yield found.map((row) => [
        ...form.headers.map((_, at) => shownCell(row.cells[at] ?? '')),
        String(row.at),
        (reasons.get(row.at) ?? []).map((one) => reasonText(one, form.headers, locale)).join('; '),
      ])
  }
}

const reasonText = ({ code, column }: { code: string; column: number }, headers: readonly string[], locale: Locale) => {
  const header = headers[column]
  const text = sentence(`imports_reason_${code}`, locale)
  return header === undefined ? text : `${header}: ${text}`
}

const headOf = (form: TableForm, locale: Locale) => [
  ...form.headers,
  sentence('imports_failed_row', locale),
  sentence('imports_failed_reason', locale),
]

/** As CSV, of any length: what a spreadsheet would take for a formula gets an apostrophe in front. */
export function failedCsv(content: Content, form: TableForm, reasons: Reasons, locale: Locale): Readable {
  const lines = async function* () {
    yield BOM + csvLines([headOf(form, locale)])
    for await (const rows of remarkedRows(content, form, reasons, locale)) yield csvLines(rows)
  }
  return Readable.from(lines())
}

/** As a workbook of text cells alone, so that a spreadsheet leaves numbers of sixteen digits whole; throws RangeError above `most` rows. */
export async function failedWorkbook(
  content: Content,
  form: TableForm,
  reasons: Reasons,
  locale: Locale,
): Promise<Buffer> {
  const rows: string[][] = [headOf(form, locale)]
  for await (const some of remarkedRows(content, form, reasons, locale)) rows.push(...some)
  const head = rows[0] ?? []
  const { default: writeExcelFile } = await import('write-excel-file/node')
  return writeExcelFile([
    {
      sheet: sentence('imports_failed_sheet', locale).slice(0, 31),
      stickyRowsCount: 1,
      columns: head.map((_, at) => ({ width: at === head.length - 1 ? 60 : 20 })),
      data: rows.map((row, index) =>
        row.map((value) =>
          value === '' ? null : { value, type: String, ...(index === 0 && { fontWeight: 'bold' as const }) },
        ),
      ),
    },
  ]).toBuffer()
}
