const months = [
  'jan(?:uari)?',
  'feb(?:ruari)?|peb(?:ruari)?',
  'mar(?:et)?',
  'apr(?:il)?',
  'mei|may',
  'jun(?:i)?',
  'jul(?:i)?',
  'agu?s?(?:tus)?|aug',
  'sept?(?:ember)?',
  'okt(?:ober)?|oct',
  'no[vp](?:ember)?',
  'des(?:ember)?|dec',
]
const byName = new RegExp(`(?<!\\d)(\\d{1,2})[ .-]*(${months.join('|')})\\b\\.?[ .,-]*(\\d{4}|\\d{2})(?!\\d)`)
const dayFirst = /(?<!\d)(\d{1,2}) ?[-/. ] ?(\d{1,2}) ?[-/. ] ?(\d{4}|\d{2})(?!\d)/
const yearFirst = /(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/
const together = /(?<!\d)(\d{2})(\d{2})(\d{4})(?!\d)/
const yearAlone = /(?<!\d)(19\d{2}|20\d{2})(?!\d)/

/**
 * A birth date or year in what somebody typed, in any manner: 12-03-1985, 12/3/85, 1985-03-12, 12 Maret 1985, 12031985, 1985; and
 * what is left without it. Days come before months. `today`: 'YYYY-MM-DD'; nothing later than it is a birth date.
 */
export function birthIn(text: string, today: string): { date?: string; year?: string; rest: string } | undefined {
  const without = (match: RegExpExecArray) =>
    `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`
  const named = byName.exec(text)
  if (named) {
    const [, day = '', month = '', year = ''] = named
    const number = months.findIndex((one) => new RegExp(`^(?:${one})$`).test(month)) + 1
    const date = dated(day, String(number), year, today)
    if (date) return { date, rest: without(named) }
  }
  for (const [pattern, order] of [
    [yearFirst, [3, 2, 1]],
    [dayFirst, [1, 2, 3]],
    [together, [1, 2, 3]],
  ] as const) {
    const match = pattern.exec(text)
    const date = match && dated(match[order[0]] ?? '', match[order[1]] ?? '', match[order[2]] ?? '', today)
    if (date) return { date, rest: without(match) }
  }
  const alone = yearAlone.exec(text)
  const year = alone?.[1]
  return alone && year && year <= today.slice(0, 4) ? { year, rest: without(alone) } : undefined
}

function dated(day: string, month: string, year: string, today: string): string | undefined {
  // '85' is 1985 and '12' is 2012: of two years the last that is not in the future.
  const full = year.length === 4 ? year : Number(`20${year}`) <= Number(today.slice(0, 4)) ? `20${year}` : `19${year}`
  const date = new Date(Date.UTC(Number(full), Number(month) - 1, Number(day)))
  const text = `${full}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return full >= '1890' && !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text && text <= today
    ? text
    : undefined
}
