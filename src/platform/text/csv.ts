import { stringify } from 'csv-stringify/sync'

/** Tells a spreadsheet that the text is UTF-8. */
export const BOM = '\uFEFF'

/**
 * Lines of CSV as a spreadsheet in Indonesia opens them: semicolons between fields, a comma before decimals. Text that
 * a spreadsheet would take for a formula gets an apostrophe in front.
 */
export const csvLines = (rows: readonly (readonly (string | number | null)[])[]): string =>
  stringify(
    rows.map((row) => row.map((cell) => (typeof cell === 'string' ? oneLine(cell) : cell))),
    {
      delimiter: ';',
      record_delimiter: '\r\n',
      escape_formulas: true,
      cast: { number: (value) => String(value).replace('.', ',') },
    },
  )

// Some spreadsheets split a row at a line break even inside quotes; control characters and marks that turn the reading
// direction could show something else than is written.
const oneLine = (text: string) => text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
