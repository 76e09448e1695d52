import { NUMBER, readDay, readSixteen, type Row, shownCell } from '#src/people/index.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import type { Column, Places } from './columns.ts'
import type { AccountFaultCode, AccountFaultField } from './schema.ts'

export type RowFault = { line: number; field: AccountFaultField; code: AccountFaultCode; doubt: boolean }
/** One row understood: null where nothing was written or it could not be read; then a fault says so. */
export type ReadAccount = {
  line: number
  nik: string | null
  kk: string | null
  bank: string
  number: string
  holder: string
  since: string
}
export type Ways = {
  places: Places
  order: 'dmy' | 'mdy' | null
  /** where a row says no day, and the last day that may be */
  since: string
  today: string
}

/**
 * The number of an account. Nothing is guessed: 1,23E+14 and what a spreadsheet kept as a number of more than fifteen digits
 * has lost some; kept as a shorter number it may have lost zeros in front, which is a doubt.
 */
export function readAccountNumber(
  cell: string,
): { number: string; doubt?: 'as_number' } | { fault: 'required' | 'lost' | 'letters' | 'length' } {
  const text = shownCell(cell)
  if (text === '' || text === '-') return { fault: 'required' }
  if (/^['’]?\d(?:[.,]\d+)?e\+?\d+$/i.test(text)) return { fault: 'lost' }
  const number = text.replace(/[\s.'’`-]+/g, '')
  if (!/^[0-9]+$/.test(number)) return { fault: 'letters' }
  const asNumber = cell.startsWith(NUMBER)
  if (asNumber && number.length > 15) return { fault: 'lost' }
  if (number.length < 5 || number.length > 20) return { fault: 'length' }
  return asNumber ? { number, doubt: 'as_number' } : { number }
}

/** A row as it is meant, with everything that is wrong with it, field by field. */
export function readAccountRow(row: Row, ways: Ways): { read: ReadAccount; faults: RowFault[] } {
  const faults: RowFault[] = []
  const line = row.at
  const tell = (field: AccountFaultField, code: AccountFaultCode, doubt = false) =>
    void faults.push({ line, field, code, doubt })
  const cell = (column: Column) => {
    const at = ways.places[column]
    return at === undefined ? '' : (row.cells[at] ?? '')
  }
  const sixteen = (field: 'nik' | 'kk') => {
    const said = readSixteen(cell(field))
    if (said && 'fault' in said) tell(field, said.fault)
    return said && 'digits' in said ? said.digits : null
  }
  const text = (field: 'bank' | 'holder', most: number) => {
    const said = cleanLine(shownCell(cell(field)))
    if (said === '' || said === '-') tell(field, 'required')
    else if (said.length < 2 || said.length > most) tell(field, 'length')
    return said
  }
  const read: ReadAccount = {
    line,
    nik: sixteen('nik'),
    kk: sixteen('kk'),
    bank: text('bank', 40).toUpperCase(),
    number: '',
    holder: text('holder', 120),
    since: ways.since,
  }
  if (read.nik === null && read.kk === null && !faults.some((one) => one.field === 'nik' || one.field === 'kk'))
    tell(ways.places.nik === undefined ? 'kk' : 'nik', 'required')
  const number = readAccountNumber(cell('number'))
  if ('fault' in number) tell('number', number.fault)
  else {
    read.number = number.number
    if (number.doubt) tell('number', number.doubt, true)
  }
  const day = shownCell(cell('since'))
  if (day !== '' && day !== '-') {
    // A column that does not show its order: a day that both can read otherwise is nothing.
    const orders = ways.order ? [ways.order] : (['dmy', 'mdy'] as const)
    const said = orders.map((order) => readDay(cell('since'), order, ways.today))
    const days = new Set(said.flatMap((one) => ('day' in one ? [one.day] : [])))
    const [only = ''] = days
    if (days.size > 1) tell('since', 'unclear')
    else if (days.size === 0) tell('since', said[0] && 'fault' in said[0] ? said[0].fault : 'unclear')
    else if (only < '1950-01-01') tell('since', 'impossible')
    else read.since = only
  }
  return { read, faults }
}
