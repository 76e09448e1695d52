import { buffer } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { csvRows, detectDelimiter, detectEncoding, type CsvForm } from './csv.ts'
import { findHeader, isRepeatedHeader, type Header } from './header.ts'
import { type Row, Unreadable } from './row.ts'
import { sheetsOf, xlsxRows, type XlsxForm } from './xlsx.ts'

/** Opens the content anew, from its beginning. */
export type Content = () => Promise<Readable>

/** How a file is read: found out once, and kept. */
export type TableForm = (CsvForm | XlsxForm) & Header & { sheetName?: string }

/** The form as the database keeps it. */
export const storedForm = (stored: unknown): TableForm => stored as TableForm

export type Found = { form: TableForm; rows: number; first: Row[] }

const HEADER_WITHIN = 40
const SAMPLES = 200

/**
 * Finds out how a file is written and where its header stands, and counts its rows. Reads all of it, holding little.
 * Throws `Unreadable`.
 */
export async function recogniseTable(content: Content, limits: { rows: number }): Promise<Found> {
  const { form, sheetName } = await recogniseForm(content)
  const head: Row[] = []
  for await (const rows of rawRows(content, form)) {
    head.push(...rows.slice(0, HEADER_WITHIN + SAMPLES))
    if (head.length >= HEADER_WITHIN + SAMPLES) break
  }
  const header = findHeader(head.slice(0, HEADER_WITHIN))
  if (!header) throw new Unreadable('no_header')
  const found: TableForm = { ...form, ...header, ...(sheetName && { sheetName }) }
  const first: Row[] = []
  let count = 0
  for await (const rows of tableRows(content, found)) {
    if (first.length < SAMPLES) first.push(...rows.slice(0, SAMPLES - first.length))
    count += rows.length
    if (count > limits.rows) throw new Unreadable('too_many_rows', { most: limits.rows })
  }
  if (count === 0) throw new Unreadable('no_rows')
  return { form: found, rows: count, first }
}

async function recogniseForm(content: Content): Promise<{ form: CsvForm | XlsxForm; sheetName?: string }> {
  const head = await firstBytes(content, 256 * 1024)
  if (head.length === 0) throw new Unreadable('no_rows')
  if (head.subarray(0, 2).toString('latin1') === 'PK') {
    const file = await whole(content)
    for (const sheet of await sheetsOf(file)) {
      // A cover sheet with a title alone is not the table.
      for await (const rows of xlsxRows(file, { kind: 'xlsx', sheet: sheet.part })) {
        if (findHeader(rows.slice(0, HEADER_WITHIN)) && rows.length > 1)
          return { form: { kind: 'xlsx', sheet: sheet.part }, sheetName: sheet.name }
        break
      }
    }
    throw new Unreadable('no_header')
  }
  if (head.subarray(0, 4).toString('hex') === 'd0cf11e0') throw new Unreadable('old_excel')
  if (/^\s*<(!doctype|html|\?xml|table)/i.test(head.subarray(0, 200).toString('latin1')))
    throw new Unreadable('not_a_table')
  const encoding = await detectEncoding(await content())
  const text = new TextDecoder(encoding).decode(head, { stream: true })
  return { form: { kind: 'csv', encoding, delimiter: detectDelimiter(text) } }
}

async function firstBytes(content: Content, most: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of await content()) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    if (size >= most) break
  }
  return Buffer.concat(chunks).subarray(0, most)
}

const whole = async (content: Content): Promise<Buffer> => buffer(await content())

async function* rawRows(content: Content, form: CsvForm | XlsxForm): AsyncGenerator<Row[]> {
  if (form.kind === 'csv') yield* csvRows(await content(), form)
  else yield* xlsxRows(await whole(content), form)
}

/** The rows beneath the header, a thousand at a time; a header that is repeated on every printed page is left out. */
export async function* tableRows(content: Content, form: TableForm): AsyncGenerator<Row[]> {
  const { headerAt, headers } = form
  for await (const rows of rawRows(content, form)) {
    const kept = (rows[0]?.at ?? 0) > headerAt ? rows : rows.filter((row) => row.at > headerAt)
    const wanted = kept.filter((row) => !isRepeatedHeader(row, headers, headerAt))
    if (wanted.length > 0) yield wanted
  }
}
