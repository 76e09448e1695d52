import { DATE, NUMBER, shownCell } from './file/row.ts'
import { serialDay } from './file/xlsx.ts'

/** In which order a column writes day and month where both are numbers. */
export type DateOrder = 'dmy' | 'mdy'

/** What all values of a column together say about its order. */
export type DateEvidence = {
  /** values only one order can read */
  dmy: number
  mdy: number
  /** values both can, and which of them the NIK beside agrees with */
  either: number
  nikDmy: number
  nikMdy: number
}
export const noEvidence = (): DateEvidence => ({ dmy: 0, mdy: 0, either: 0, nikDmy: 0, nikMdy: 0 })

const SLASHED = /^(\d{1,2})[/\-. ](\d{1,2})[/\-. ](\d{4}|\d{2})(?:[ T].*)?$/

/** Looks at one value of a column; `nik` as it was read in the same row. */
export function weigh(evidence: DateEvidence, cell: string, nik: string | null): void {
  const found = SLASHED.exec(shownCell(cell))
  if (!found) return
  const [first, second] = [Number(found[1]), Number(found[2])]
  if (first > 12 && second <= 12) evidence.dmy++
  else if (second > 12 && first <= 12) evidence.mdy++
  else if (first <= 12 && second <= 12 && first !== second) {
    evidence.either++
    if (!nik) return
    const [day, month] = [Number(nik.slice(6, 8)) % 40, Number(nik.slice(8, 10))]
    if (day === first && month === second) evidence.nikDmy++
    else if (day === second && month === first) evidence.nikMdy++
  }
}

/** The order the evidence shows; null: it must be asked for. Twenty to one outweighs a slip of the pen. */
export function decideOrder({ dmy, mdy, either, nikDmy, nikMdy }: DateEvidence): DateOrder | null {
  if (dmy === 0 && mdy === 0) {
    if (either === 0) return 'dmy'
    if (nikDmy > 20 * nikMdy) return 'dmy'
    if (nikMdy > 20 * nikDmy) return 'mdy'
    return null
  }
  if (dmy > 20 * mdy) return 'dmy'
  if (mdy > 20 * dmy) return 'mdy'
  return null
}

const months: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'jan januari january',
    'feb februari pebruari february',
    'mar maret march mrt',
    'apr april',
    'mei may',
    'jun juni june',
    'jul juli july',
    'agu agt agustus ags august aug',
    'sep september sept',
    'okt oktober october oct',
    'nov nopember november nop',
    'des desember december dec',
  ].flatMap((names, at) => names.split(' ').map((name) => [name, at + 1] as const)),
)
export const monthOf = (word: string): number | undefined => months[word.toLowerCase()]

/**
 * A day as 'YYYY-MM-DD'. `unclear`: not a day or not clearly one (a year of two digits that may be of either century);
 * `impossible`: 31 February. `until` is the last day that may be ('YYYY-MM-DD').
 */
export function readDay(
  cell: string,
  order: DateOrder,
  until: string,
): { day: string } | { fault: 'unclear' | 'impossible' | 'future' } {
  const text = shownCell(cell)
  if (cell.startsWith(DATE)) return within(text, until)
  if (cell.startsWith(NUMBER)) {
    if (/^\d{8}$/.test(text)) return calendarDay(text.slice(0, 4), text.slice(4, 6), text.slice(6), until)
    const serial = Number(text)
    // A number in a column of dates is the serial number of a day, if it is a day of somebody's life.
    return serial >= 1 && serial < 80_000 ? within(serialDay(serial), until) : { fault: 'unclear' }
  }
  const slashed = SLASHED.exec(text)
  if (slashed) {
    const [, first = '', second = '', year = ''] = slashed
    const [day, month] = order === 'dmy' ? [first, second] : [second, first]
    const whole = fullYear(year, until)
    if (!whole) return { fault: 'unclear' }
    // Of the other order than its column: perhaps a slip, never turned round.
    if (Number(month) > 12 && Number(day) <= 12) return { fault: 'unclear' }
    return calendarDay(whole, month, day, until)
  }
  const iso = /^(\d{4})[/\-.](\d{1,2})[/\-.](\d{1,2})(?:[ T].*)?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (iso) return calendarDay(iso[1] ?? '', iso[2] ?? '', iso[3] ?? '', until)
  if (/^\d{5}(?:[.,]\d+)?$/.test(text)) return within(serialDay(Number(text.replace(',', '.'))), until)
  const named = /^(?:\p{L}+,\s*)?(\d{1,2})[\s\-/.]*(\p{L}+)[\s\-/.,]*(\d{4}|\d{2})$/u.exec(text)
  const month = named && monthOf(named[2] ?? '')
  const year = named && fullYear(named[3] ?? '', until)
  if (named && month && year) return calendarDay(year, String(month), named[1] ?? '', until)
  return { fault: 'unclear' }
}

function calendarDay(year: string, month: string, day: string, until: string) {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day))
    return { fault: 'impossible' as const }
  return within(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`, until)
}

function within(day: string, until: string) {
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return { fault: 'unclear' as const }
  if (day > until) return { fault: 'future' as const }
  return day < '1880-01-01' ? { fault: 'impossible' as const } : { day }
}

/** '85' is 1985; '15' may be 1915 or 2015 and is nothing. */
function fullYear(year: string, until: string): string | null {
  if (year.length === 4) return year
  return Number(year) > Number(until.slice(2, 4)) ? `19${year}` : null
}

export type Period = { from: string; to: string | null }

/** A period of assistance: '2026', '2026-03', '202603', 'Maret 2026', 'JAN-MAR 2026', 'TW1 2026', 'Tahap 2 2026'. Null: not clear. */
export function readPeriod(cell: string): Period | null {
  const text = shownCell(cell).toLowerCase()
  if (cell.startsWith(DATE)) return monthsOf(text.slice(0, 4), Number(text.slice(5, 7)), Number(text.slice(5, 7)))
  const year = /^(20\d\d)$/.exec(text)
  if (year) return monthsOf(text, 1, 12)
  const month = /^(20\d\d)[-/.]?(\d{2})$/.exec(text)
  if (month) return monthsOf(month[1] ?? '', Number(month[2]), Number(month[2]))
  const turned = /^(\d{1,2})[-/.](20\d\d)$/.exec(text)
  if (turned) return monthsOf(turned[2] ?? '', Number(turned[1]), Number(turned[1]))
  const quarter = /^(?:tw|triwulan|q|kuartal)\s*\.?(\d|i{1,3}|iv)\s*[-/ ]*(20\d\d)$/.exec(text)
  if (quarter) {
    const n = ['i', 'ii', 'iii', 'iv'].indexOf(quarter[1] ?? '') + 1 || Number(quarter[1])
    return n >= 1 && n <= 4 ? monthsOf(quarter[2] ?? '', 3 * n - 2, 3 * n) : null
  }
  const words = /^(\p{L}+)(?:\s*(?:-|s\/d|sd|sampai|–)\s*(\p{L}+))?[\s\-/]*(20\d\d)$/u.exec(text)
  const first = words && monthOf(words[1] ?? '')
  const last = words?.[2] ? monthOf(words[2]) : first
  return words && first && last ? monthsOf(words[3] ?? '', first, last) : null
}

function monthsOf(year: string, first: number, last: number): Period | null {
  if (first < 1 || last > 12 || first > last) return null
  const end = new Date(Date.UTC(Number(year), last, 0)).toISOString().slice(0, 10)
  return { from: `${year}-${String(first).padStart(2, '0')}-01`, to: end }
}
