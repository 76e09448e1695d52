import { SaxesParser } from 'saxes'
import { DATE, NUMBER, Unreadable, type Row } from './row.ts'
import { openZip, type Zip } from './zip.ts'

export type XlsxForm = { kind: 'xlsx'; sheet: string }
export type Sheet = { name: string; part: string }

const MOST_COLUMNS = 400
const ROWS_AT_ONCE = 1000

type Handlers = {
  open?: (name: string, attributes: Record<string, string>) => void
  close?: (name: string) => void
  text?: (text: string) => void
}

/** Runs through a part of the archive; prefixes of namespaces are cut off. Calls `pause` after each piece of text. */
async function* scan(zip: Zip, name: string, handlers: Handlers): AsyncGenerator<void> {
  const open = zip.get(name)
  if (!open) throw new Unreadable('damaged')
  const parser = new SaxesParser({ position: false })
  const bare = (tag: string) => tag.slice(tag.indexOf(':') + 1)
  parser.on('opentag', (tag) => handlers.open?.(bare(tag.name), tag.attributes as Record<string, string>))
  parser.on('closetag', (tag) => handlers.close?.(bare(tag.name)))
  parser.on('text', (text) => handlers.text?.(text))
  parser.on('cdata', (text) => handlers.text?.(text))
  parser.on('doctype', () => {
    throw new Unreadable('damaged')
  })
  parser.on('error', () => {
    throw new Unreadable('damaged')
  })
  const decoder = new TextDecoder('utf-8')
  for await (const chunk of open()) {
    parser.write(decoder.decode(chunk, { stream: true }))
    yield
  }
  parser.write(decoder.decode()).close()
  yield
}

async function run(pieces: AsyncGenerator<void>): Promise<void> {
  for await (const _ of pieces);
}

/** The visible sheets of a workbook, in its order. */
export async function sheetsOf(file: Buffer): Promise<Sheet[]> {
  const zip = openZip(file)
  if (!zip.has('xl/workbook.xml')) throw new Unreadable('not_a_table')
  const targets = new Map<string, string>()
  await run(
    scan(zip, 'xl/_rels/workbook.xml.rels', {
      open: (name, { Id, Target }) => {
        if (name === 'Relationship' && Id && Target)
          targets.set(Id, Target.startsWith('/') ? Target.slice(1) : `xl/${Target.replace(/^\.\//, '')}`)
      },
    }),
  )
  const sheets: Sheet[] = []
  await run(
    scan(zip, 'xl/workbook.xml', {
      open: (tag, attributes) => {
        if (tag !== 'sheet' || (attributes['state'] ?? 'visible') !== 'visible') return
        const key = Object.keys(attributes).find((one) => one === 'id' || one.endsWith(':id'))
        const part = key && targets.get(attributes[key] ?? '')
        if (part && zip.has(part)) sheets.push({ name: attributes['name'] ?? '', part })
      },
    }),
  )
  if (sheets.length === 0) throw new Unreadable('no_rows')
  return sheets
}

/** Rows of one sheet, a thousand at a time. The archive lies packed in memory; what is unpacked passes through. */
export async function* xlsxRows(file: Buffer, form: XlsxForm): AsyncGenerator<Row[]> {
  const zip = openZip(file)
  const strings = await sharedStrings(zip)
  const { dates, from1904 } = await styles(zip)
  let rows: Row[] = []
  let cells: string[] = []
  let rowAt = 0
  let column = 0
  let type = ''
  let isDate = false
  let value = ''
  let inValue = false
  let filled = false
  const pieces = scan(zip, form.sheet, {
    open(name, attributes) {
      if (name === 'c') {
        const place = attributes['r']
        column = place ? columnOf(place) : column + 1
        type = attributes['t'] ?? 'n'
        isDate = dates.has(Number(attributes['s'] ?? -1))
        value = ''
      } else if (name === 'v' || name === 't') inValue = true
      else if (name === 'rPh') inValue = false
      else if (name === 'row') {
        const said = Number(attributes['r'])
        rowAt = said > 0 ? said : rowAt + 1
        cells = []
        column = -1
        filled = false
      }
    },
    text(text) {
      if (inValue) value += text
    },
    close(name) {
      if (name === 'v' || name === 't') inValue = false
      else if (name === 'c' && value !== '') {
        if (column >= MOST_COLUMNS) return
        while (cells.length < column) cells.push('')
        cells[column] = cellText(value, type, isDate)
        filled = true
      } else if (name === 'row' && filled) rows.push({ at: rowAt, cells })
    },
  })
  const cellText = (raw: string, kind: string, date: boolean): string => {
    if (kind === 's') return strings[Number(raw)] ?? ''
    if (kind === 'b') return raw === '1' ? 'YA' : 'TIDAK'
    if (kind === 'e') return ''
    if (kind === 'd') return DATE + raw.slice(0, 10)
    if (kind !== 'n') return raw
    return date ? DATE + serialDay(Number(raw), from1904) : NUMBER + raw
  }
  for await (const _ of pieces) {
    if (rows.length >= ROWS_AT_ONCE) {
      yield rows
      rows = []
    }
  }
  if (rows.length > 0) yield rows
}

/** 'BC12' is column 54, counted from 0. */
function columnOf(place: string): number {
  let column = 0
  for (let at = 0; at < place.length; at++) {
    const code = place.charCodeAt(at)
    if (code < 65 || code > 90) break
    column = column * 26 + code - 64
  }
  return column - 1
}

/** Day of a spreadsheet's serial number: 1 is 1900-01-01, and 1900 had a 29 February there. 'YYYY-MM-DD' */
export function serialDay(serial: number, from1904 = false): string {
  const whole = Math.floor(serial) + (from1904 ? 1462 : 0)
  const days = whole < 60 ? whole : whole - 1
  const date = new Date(Date.UTC(1899, 11, 31) + days * 86_400_000)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 10)
}

async function sharedStrings(zip: Zip): Promise<string[]> {
  const strings: string[] = []
  if (!zip.has('xl/sharedStrings.xml')) return strings
  let value = ''
  let inText = false
  let phonetic = false
  await run(
    scan(zip, 'xl/sharedStrings.xml', {
      open(name) {
        if (name === 'si') value = ''
        else if (name === 'rPh') phonetic = true
        else if (name === 't') inText = !phonetic
      },
      text(text) {
        if (inText) value += text
      },
      close(name) {
        if (name === 't') inText = false
        else if (name === 'rPh') phonetic = false
        else if (name === 'si') strings.push(value)
      },
    }),
  )
  return strings
}

const BUILT_IN_DATES = [14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 34, 35, 36, 50, 51, 52, 53, 54, 55, 56, 57, 58]

/** Numbers of the cell styles that show a number as a date. */
async function styles(zip: Zip): Promise<{ dates: Set<number>; from1904: boolean }> {
  let from1904 = false
  if (zip.has('xl/workbook.xml'))
    await run(
      scan(zip, 'xl/workbook.xml', {
        open: (name, { date1904 }) => {
          if (name === 'workbookPr') from1904 = date1904 === '1' || date1904 === 'true'
        },
      }),
    )
  const dates = new Set<number>()
  if (!zip.has('xl/styles.xml')) return { dates, from1904 }
  const formats = new Set(BUILT_IN_DATES)
  let inCells = false
  let style = 0
  await run(
    scan(zip, 'xl/styles.xml', {
      open(name, attributes) {
        if (name === 'numFmt') {
          // Words in quotes, colours and escaped characters are not part of the pattern.
          const pattern = (attributes['formatCode'] ?? '').replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')
          if (/[dy]/i.test(pattern)) formats.add(Number(attributes['numFmtId']))
        } else if (name === 'cellXfs') inCells = true
        else if (name === 'xf' && inCells) {
          if (formats.has(Number(attributes['numFmtId']))) dates.add(style)
          style++
        }
      },
      close(name) {
        if (name === 'cellXfs') inCells = false
      },
    }),
  )
  return { dates, from1904 }
}
