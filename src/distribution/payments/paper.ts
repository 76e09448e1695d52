import { createHash, type Hash } from 'node:crypto'
import { csvLines } from '#src/platform/text/csv.ts'

/** What one row of a payment file says. `number` is the account; null where the post pays by name. */
export type FileRow = {
  row_no: number
  bank: string | null
  number: string | null
  holder: string
  amount: number
  checksum: string
}
type Head = { number: string; rows: number; amount: number; about: string }

/** Our name of a row, which the bank sends back: 'BYR-000001-0000001'. */
export const rowRef = (file: string, no: number): string => `${file}-${String(no).padStart(7, '0')}`

/** The columns a bank sends back are found by these words, so its answer may be the same file with two columns more. */
const columns = ['no', 'id_baris', 'bank', 'rekening', 'nama', 'jumlah', 'berita', 'checksum']

/**
 * The file for the bank as text, a piece at a time: a line of names, a line a row, and at the end the number of rows, the sum in rupiah and
 * the SHA-256 of all that stands before that line. What a spreadsheet would take for a formula is made text. `whole` learns every byte.
 */
export async function* paymentText(
  head: Head,
  pages: AsyncIterable<readonly FileRow[]>,
  whole: Hash = createHash('sha256'),
): AsyncGenerator<string> {
  const before = createHash('sha256')
  const out = (text: string) => {
    whole.update(text)
    return text
  }
  const told = (text: string) => {
    before.update(text)
    return out(text)
  }
  yield told(csvLines([columns]))
  for await (const rows of pages)
    if (rows.length > 0)
      yield told(
        csvLines(
          rows.map((row) => [
            row.row_no,
            rowRef(head.number, row.row_no),
            row.bank,
            row.number,
            row.holder,
            row.amount,
            head.about,
            row.checksum,
          ]),
        ),
      )
  yield out(csvLines([['TOTAL', head.number, '', '', String(head.rows), head.amount, 'SHA-256', before.digest('hex')]]))
}

/** The mark of one row: changing account, name or amount makes another one. The same is written in SQL where rows are made. */
export const rowChecksum = (row: Omit<FileRow, 'checksum' | 'row_no'>, ref: string): string =>
  createHash('sha256')
    .update([ref, row.bank ?? '', row.number ?? '', row.holder, row.amount].join('|'))
    .digest('hex')
    .slice(0, 16)
