import { cleanLine } from '#src/platform/text/index.ts'

export type Line = { line: number; cells: string[] }

/** Cuts the text of a CSV into rows: quotes, doubled quotes, line breaks within them; empty lines are left out. `line` counts rows from 1. */
export function readCsv(text: string): Line[] {
  const bare = text.replace(/^\uFEFF/, '')
  const first = bare.slice(0, bare.search(/[\r\n]|$/))
  const [delimiter = ';'] = [';', ',', '\t', '|'].toSorted((a, b) => first.split(b).length - first.split(a).length)
  const rows: Line[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let at = 1
  const endCell = () => {
    cells.push(cleanLine(cell).replace(/^'(?=[=+\-@])/, ''))
    cell = ''
  }
  const endRow = () => {
    endCell()
    if (cells.some((one) => one !== '')) rows.push({ line: at, cells })
    cells = []
    at++
  }
  for (let place = 0; place < bare.length; place++) {
    const symbol = bare[place]
    if (quoted) {
      if (symbol !== '"') cell += symbol
      else if (bare[place + 1] === '"') cell += bare[++place]
      else quoted = false
    } else if (symbol === '"' && cell === '') quoted = true
    else if (symbol === delimiter) endCell()
    else if (symbol === '\n') endRow()
    else if (symbol !== '\r') cell += symbol
  }
  if (cell !== '' || cells.length > 0) endRow()
  return rows
}

const names = {
  ref: ['id_baris', 'id', 'ref', 'row_id', 'id baris'],
  status: ['status', 'hasil', 'result'],
  reason: ['alasan', 'keterangan', 'reason', 'remark'],
  date: ['tanggal', 'tanggal_bayar', 'tanggal bayar', 'date', 'paid_on'],
  reference: ['referensi', 'no_referensi', 'reference', 'bank_ref'],
  amount: ['jumlah', 'nominal', 'amount'],
  checksum: ['checksum'],
} as const
export type ResultColumn = keyof typeof names

/** Where the columns of a result are; undefined when it names no rows or no status. */
export function resultColumns(head: Line | undefined): Partial<Record<ResultColumn, number>> | undefined {
  if (!head) return undefined
  const said = head.cells.map((cell) => cell.toLowerCase())
  const found: Partial<Record<ResultColumn, number>> = {}
  for (const [key, words] of Object.entries(names) as [ResultColumn, readonly string[]][]) {
    const at = words.map((word) => said.indexOf(word)).find((place) => place >= 0)
    if (at !== undefined) found[key] = at
  }
  return found.ref === undefined || found.status === undefined ? undefined : found
}

const paidWords = new Set(['paid', 'berhasil', 'sukses', 'success', 'lunas', 'dibayar', 'cair'])
const failedWords = new Set(['failed', 'gagal', 'retur', 'rejected', 'ditolak'])

export type Read = {
  line: number
  ref: string
  /** of our file; undefined when the name is not one of its rows */
  no: number | undefined
  status: 'paid' | 'failed' | undefined
  reason: string | null
  /** undefined: written, but no day */
  date: string | null | undefined
  reference: string | null
  amount: number | null | undefined
  checksum: string | null
}

/** One row of a result as it is meant; what cannot be read is undefined. */
export function readResult(row: Line, at: Partial<Record<ResultColumn, number>>, file: string): Read {
  const cell = (key: ResultColumn) => {
    const place = at[key]
    return (place === undefined ? '' : (row.cells[place] ?? '')).trim()
  }
  const ref = cell('ref')
  const word = cell('status').toLowerCase()
  const no =
    ref.startsWith(`${file}-`) && /^[0-9]{1,9}$/.test(ref.slice(file.length + 1))
      ? Number(ref.slice(file.length + 1))
      : undefined
  return {
    line: row.line,
    ref: ref.slice(0, 80),
    no,
    status: paidWords.has(word) ? 'paid' : failedWords.has(word) ? 'failed' : undefined,
    reason: cell('reason').slice(0, 200) || null,
    date: readDay(cell('date')),
    reference: cell('reference').slice(0, 60) || null,
    amount: readAmount(cell('amount')),
    checksum: cell('checksum').toLowerCase() || null,
  }
}

function readDay(text: string): string | null | undefined {
  if (text === '') return null
  const iso = /^(20[0-9]{2})-([0-9]{2})-([0-9]{2})/.exec(text)
  const ours = /^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-](20[0-9]{2})$/.exec(text)
  const [year, month, day] = iso ? iso.slice(1) : ours ? [ours[3], ours[2], ours[1]] : []
  if (!year || !month || !day) return undefined
  const said = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const real = new Date(`${said}T00:00:00Z`)
  return Number.isNaN(real.getTime()) || real.toISOString().slice(0, 10) !== said ? undefined : said
}

/** '300000', '300.000', '300.000,00': whole rupiah. */
function readAmount(text: string): number | null | undefined {
  if (text === '') return null
  const digits = text
    .replace(/^rp\.?\s*/i, '')
    .replace(/[.,]00$/, '')
    .replace(/[.,\s]/g, '')
  return /^[0-9]{1,15}$/.test(digits) ? Number(digits) : undefined
}
