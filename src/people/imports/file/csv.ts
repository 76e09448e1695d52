import { Unreadable, type Row } from './row.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'
export type Delimiter = ',' | ';' | '\t' | '|'
export type CsvForm = { kind: 'csv'; encoding: Encoding; delimiter: Delimiter }

/** A quote that is never closed would swallow the rest of the file. */
const LONGEST_CELL = 20_000
const MOST_COLUMNS = 400
const ROWS_AT_ONCE = 1000

/** Reads the whole file once: UTF-8 if every byte of it is, else what Windows in Indonesia writes. */
export async function detectEncoding(bytes: AsyncIterable<Uint8Array>): Promise<Encoding> {
  let first = true
  let utf8: TextDecoder | null = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of bytes) {
    if (first) {
      if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
      if (chunk[0] === 0xfe && chunk[1] === 0xff) return 'utf-16be'
      if (chunk.subarray(0, 4000).includes(0)) throw new Unreadable('not_a_table')
      first = false
    }
    try {
      utf8?.decode(chunk, { stream: true })
    } catch {
      utf8 = null
      break
    }
  }
  try {
    utf8?.decode()
  } catch {
    utf8 = null
  }
  return utf8 ? 'utf-8' : 'windows-1252'
}

/** The character that cuts the first lines into the most columns, the same number in most of them. */
export function detectDelimiter(text: string): Delimiter {
  const said = /^sep=([,;|\t])\r?\n/i.exec(text)?.[1]
  if (said) return said as Delimiter
  const lines = text
    .replace(/"(?:[^"]|"")*"/g, '')
    .split(/\r\n?|\n/)
    .filter((line) => line.trim())
    .slice(0, 60)
  const score = (delimiter: string) => {
    const counts = new Map<number, number>()
    for (const line of lines) {
      const columns = line.split(delimiter).length
      if (columns > 1) counts.set(columns, (counts.get(columns) ?? 0) + columns)
    }
    return Math.max(0, ...counts.values())
  }
  const [best] = ([';', '\t', ',', '|'] as const).toSorted((a, b) => score(b) - score(a))
  return best ?? ','
}

/** Rows of the file, a thousand at a time; empty lines are left out but counted. */
export async function* csvRows(bytes: AsyncIterable<Uint8Array>, form: CsvForm): AsyncGenerator<Row[]> {
  const decoder = new TextDecoder(form.encoding)
  const parser = csvParser(form.delimiter)
  for await (const chunk of bytes) {
    const rows = parser.push(decoder.decode(chunk, { stream: true }))
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE)
  }
  const rows = parser.push(decoder.decode(), true)
  if (rows.length > 0) yield rows
}

/**
 * Cuts text into rows as it comes. Lines without a quote, nearly all, are cut by split(); a quote in the middle of a cell
 * is part of its text.
 */
function csvParser(delimiter: Delimiter) {
  let rest = ''
  let at = 0
  let macLines: boolean | undefined
  return {
    push(text: string, last = false): Row[] {
      let all = rest + text
      // Only carriage returns: saved for an old Macintosh.
      macLines ??= endsInReturns(all, last)
      if (macLines) all = all.replaceAll('\r', '\n')
      const rows: Row[] = []
      let from = 0
      for (;;) {
        const found = all.indexOf('\n', from)
        if (found < 0 && !last) break
        if (from >= all.length) break
        const end = found < 0 ? all.length : found
        const quote = all.indexOf('"', from)
        let cells: string[]
        if (quote < 0 || quote >= end) {
          const stop = all.charCodeAt(end - 1) === 13 && end > from ? end - 1 : end
          cells = all.slice(from, stop).split(delimiter)
          from = end + 1
        } else {
          const parsed = quotedRow(all, from, delimiter, last)
          if (!parsed) break
          cells = parsed.cells
          from = parsed.next
        }
        at++
        if (at === 1 && /^sep=.?$/i.test(cells[0] ?? '')) continue
        if (cells.length > MOST_COLUMNS) throw new Unreadable('too_many_columns', { most: MOST_COLUMNS })
        if (cells.some((cell) => cell !== '' && cell !== ' ')) rows.push({ at, cells })
      }
      rest = all.slice(from)
      if (rest.length > LONGEST_CELL * 20) throw new Unreadable('quote_open', { row: at + 1 })
      return rows
    },
  }
}

/** Whether lines end in a carriage return alone; undefined while no line has ended. */
function endsInReturns(text: string, last: boolean): boolean | undefined {
  const at = text.search(/[\r\n]/)
  if (at < 0 || (at === text.length - 1 && !last)) return undefined
  return text[at] === '\r' && text[at + 1] !== '\n'
}

/** One row that holds quotes; undefined while its end has not come yet. */
function quotedRow(all: string, start: number, delimiter: string, last: boolean) {
  const cells: string[] = []
  let at = start
  for (;;) {
    if (all[at] === '"') {
      let text = ''
      let from = at + 1
      for (;;) {
        const close = all.indexOf('"', from)
        if (close < 0) {
          if (last || all.length - from > LONGEST_CELL) throw new Unreadable('quote_open', { row: cells.length + 1 })
          return undefined
        }
        text += all.slice(from, close)
        if (all[close + 1] !== '"') {
          at = close + 1
          break
        }
        text += '"'
        from = close + 2
      }
      if (at >= all.length && !last) return undefined
      // What follows a closing quote before the next delimiter belongs to the text.
      const stop = endOfPlain(all, at, delimiter)
      if (stop < 0 && !last) return undefined
      const end = stop < 0 ? all.length : stop
      cells.push(text + all.slice(at, end).replace(/\r$/, ''))
      at = end
    } else {
      const stop = endOfPlain(all, at, delimiter)
      if (stop < 0 && !last) return undefined
      const end = stop < 0 ? all.length : stop
      cells.push(all.slice(at, end).replace(/\r$/, ''))
      at = end
    }
    if (at >= all.length || all[at] === '\n') return { cells, next: at + 1 }
    at++
    if (cells.length > MOST_COLUMNS) throw new Unreadable('too_many_columns', { most: MOST_COLUMNS })
  }
}

function endOfPlain(all: string, from: number, delimiter: string): number {
  const cut = all.indexOf(delimiter, from)
  const line = all.indexOf('\n', from)
  return cut < 0 ? line : line < 0 ? cut : Math.min(cut, line)
}
