import { birthIn } from './birth.ts'

/** What somebody typed into the one box, taken apart. Words are as typed, in small letters; what is absent was not said. */
export type Asked = {
  /** 16 digits: a NIK or a family card */
  number?: string
  /** the first six or more digits of one, and perhaps its last */
  begins?: string
  /** the last four digits of a NIK */
  ends?: string
  /** 'YYYY-MM-DD' */
  birthDate?: string
  birthYear?: string
  rt?: string
  rw?: string
  /** words that may be of a name, of an address, or name a place */
  words: string[]
  /** words said to be an address: 'jl. melati' */
  address: string[]
  /** said to be a place: 'desa suruh', 'kec. tasikmadu' */
  place?: string
}

const MOST_WORDS = 6
const numberInGroups =
  /(?<!\d)\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{4}(?!\d)|(?<!\d)\d{2}\.\d{2}\.\d{2}[ .-]\d{6}[ .-]\d{4}(?!\d)/g
const labels =
  /\b(?:nik|kk|no\.? ?kk|nomor|nama|tgl|tanggal|tanggal lahir|lahir|ttl|alamat|kelahiran|tahun|thn)\b[.:]?/g
const streets =
  'jl|jln|jalan|gg|gang|kp|kampung|dusun|dsn|dukuh|perum|perumahan|komplek|kompleks|blok|lingkungan|lorong'
const places = 'desa|ds|kel|kelurahan|kec|kecamatan|distrik|kab|kabupaten|kota|prov|provinsi|di'
const marked = new RegExp(`\\b(${streets}|${places})\\b\\.?\\s+([^,]*?)(?=,|$|\\b(?:${streets}|${places})\\b)`, 'g')
const isStreet = new RegExp(`^(?:${streets})$`)

/** Reads one box: numbers, a birth date, RT and RW, an address, a place, and the words that are left. `today`: 'YYYY-MM-DD'. */
export function understand(typed: string, today: string): Asked {
  const asked: Asked = { words: [], address: [] }
  let rest = typed.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, ' ').trim()
  const take = (pattern: RegExp, use: (match: RegExpExecArray) => boolean | void) => {
    const match = pattern.exec(rest)
    if (match && use(match) !== false)
      rest = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`
  }

  rest = rest.replace(numberInGroups, (found) => found.replaceAll(/\D/g, ''))
  take(/(?<!\d)(\d{6,15})[*x•.]{2,}(\d{0,10})(?!\d)/, ([, begins = '', ends = '']) => {
    asked.begins = begins
    if (ends.length === 4) asked.ends = ends
  })
  take(/(?<!\d)\d{16}(?!\d)/, ([number]) => void (asked.number = number))

  take(
    /\brt ?[/.] ?rw\.? ?:? ?0*(\d{1,3}) ?[/.-] ?0*(\d{1,3})\b/,
    ([, rt, rw]) => void Object.assign(asked, { rt, rw }),
  )
  take(/\brt\.? ?:? ?0*(\d{1,3}) ?\/ ?(?:rw\.? ?)?0*(\d{1,3})\b/, ([, rt, rw]) => void Object.assign(asked, { rt, rw }))
  take(/\brt\.? ?:? ?0*(\d{1,3})\b/, ([, rt]) => void Object.assign(asked, { rt }))
  take(/\brw\.? ?:? ?0*(\d{1,3})\b/, ([, rw]) => void Object.assign(asked, { rw }))
  take(
    /(?<![\d/])(\d{3}) ?\/ ?(\d{3})(?![\d/])/,
    ([, rt = '', rw = '']) => void Object.assign(asked, { rt: bare(rt), rw: bare(rw) }),
  )

  const born = birthIn(rest, today)
  if (born) {
    rest = born.rest
    if (born.date) asked.birthDate = born.date
    else if (born.year) asked.birthYear = born.year
  }
  if (!asked.begins) take(/(?<!\d)\d{6,15}(?!\d)/, ([begins]) => void (asked.begins = begins))
  if (!asked.ends) take(/(?<!\d)\d{4}(?!\d)/, ([ends]) => void (asked.ends = ends))

  rest = rest.replaceAll(labels, ' ').replaceAll(/\bno\.? ?\d+[a-z]?\b/g, ' ')
  const said: string[] = []
  rest = rest.replaceAll(marked, (whole, mark: string, what: string) => {
    const words = wordsOf(what)
    if (words.length === 0) return ' '
    if (isStreet.test(mark)) asked.address.push(...words)
    else said.push(what.trim())
    return whole.endsWith(',') ? ',' : ' , '
  })
  if (said.length > 0) asked.place = said.join(', ')
  asked.address = asked.address.slice(0, MOST_WORDS)
  asked.words = rest
    .split(/[\s,;:]+/)
    .filter((word) => /\p{L}/u.test(word))
    .slice(0, MOST_WORDS + 2)
  return asked
}

const bare = (number: string): string => number.replace(/^0+(?=\d)/, '')
const wordsOf = (text: string): string[] => text.match(/[a-z]{2,}/g) ?? []
