/** When a subscription wants to hear: cron of five fields, or of six or seven with seconds first (and a year last), in UTC. */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

export type Cron = {
  minutes: ReadonlySet<number>
  hours: ReadonlySet<number>
  monthDays: ReadonlySet<number> | null
  months: ReadonlySet<number>
  weekDays: ReadonlySet<number> | null
  years: ReadonlySet<number> | null
}

/** Undefined where the text is no such expression. Seconds are read and not kept: minutes are fine enough. */
export function readCron(text: string): Cron | undefined {
  const parts = text.trim().toLowerCase().split(/\s+/)
  if (parts.length < 5 || parts.length > 7) return undefined
  const seconds = parts.length > 5 ? parts.shift() : '0'
  const [minute = '', hour = '', monthDay = '', month = '', weekDay = '', year = '*'] = parts
  const quartz = seconds !== undefined && text.trim().split(/\s+/).length > 5
  const read = {
    seconds: field(seconds ?? '0', 0, 59),
    minutes: field(minute, 0, 59),
    hours: field(hour, 0, 23),
    monthDays: isAny(monthDay) ? null : field(monthDay, 1, 31),
    months: field(month, 1, 12, months, 1),
    weekDays: isAny(weekDay) ? null : field(weekDay, quartz ? 1 : 0, 7, days, quartz ? 1 : 0),
    years: isAny(year) ? null : field(year, 1970, 2200),
  }
  const { minutes, hours, monthDays, weekDays, years } = read
  if (
    !read.seconds ||
    !minutes ||
    !hours ||
    !read.months ||
    monthDays === undefined ||
    weekDays === undefined ||
    years === undefined
  )
    return undefined
  // Sunday is 0 here; with seconds first it is written 1, without them 0 or 7.
  const shifted = weekDays && new Set([...weekDays].map((day) => (quartz ? day - 1 : day % 7)))
  return { minutes, hours, monthDays, months: read.months, weekDays: shifted, years }
}

const isAny = (text: string) => text === '*' || text === '?'

function field(text: string, low: number, high: number, names: string[] = [], first = 0): Set<number> | undefined {
  const found = new Set<number>()
  if (text.length > 200) return undefined
  for (const part of text.split(',')) {
    const match = /^(\*|\?|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,3}))?$/.exec(part)
    if (!match?.[1]) return undefined
    const number = (word: string) =>
      names.includes(word) ? names.indexOf(word) + first : /^\d{1,4}$/.test(word) ? Number(word) : Number.NaN
    const all = match[1] === '*' || match[1] === '?'
    const from = all ? low : number(match[1])
    const to = match[2] === undefined ? (all || match[3] !== undefined ? high : from) : number(match[2])
    const step = match[3] === undefined ? 1 : Number(match[3])
    if (!(from >= low && to <= high && from <= to && step >= 1)) return undefined
    for (let value = from; value <= to; value += step) found.add(value)
  }
  return found
}

/** Whether a minute of the expression lies in (after, until]; looks back a month at most. */
export function isDue(cron: Cron, after: Date, until: Date): boolean {
  const last = Math.floor(until.getTime() / 60_000)
  const first = Math.max(Math.floor(after.getTime() / 60_000) + 1, last - 31 * 24 * 60)
  for (let minute = last; minute >= first; minute--) {
    const date = new Date(minute * 60_000)
    if (
      cron.minutes.has(date.getUTCMinutes()) &&
      cron.hours.has(date.getUTCHours()) &&
      cron.months.has(date.getUTCMonth() + 1) &&
      (cron.monthDays?.has(date.getUTCDate()) ?? true) &&
      (cron.weekDays?.has(date.getUTCDay()) ?? true) &&
      (cron.years?.has(date.getUTCFullYear()) ?? true)
    )
      return true
  }
  return false
}
