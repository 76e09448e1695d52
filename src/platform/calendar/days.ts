/**
 * Days and instants in the three Indonesian zones, by plain arithmetic.
 *
 * Inside this folder a day is also a number: days since 1970-01-01. The zones have had fixed offsets since 1964, so
 * no call of Intl is needed (one `Intl` formatting costs about a microsecond, a whole deadline here costs less).
 */
export type ZoneId = 'Asia/Jakarta' | 'Asia/Makassar' | 'Asia/Jayapura'
export type ZoneShortName = 'WIB' | 'WITA' | 'WIT'
/** A calendar date as text, 'YYYY-MM-DD'. */
export type Day = string

const offsetHours: Record<ZoneId, number> = { 'Asia/Jakarta': 7, 'Asia/Makassar': 8, 'Asia/Jayapura': 9 }

/** What people call the zones. */
export const zoneShortName: Readonly<Record<ZoneId, ZoneShortName>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
}

export const isZoneId = (text: string): text is ZoneId => Object.hasOwn(offsetHours, text)

const minuteMs = 60_000
const dayMs = 86_400_000
const firstDayNumber = -719_162 // 0001-01-01
const lastDayNumber = 2_932_896 // 9999-12-31

/** Milliseconds since 1970 of an instant; a RangeError for an invalid Date. */
export function instantMs(at: Date): number {
  const ms = at.getTime()
  if (Number.isNaN(ms)) throw new RangeError('not an instant: invalid Date')
  return ms
}

const offsetMs = (zone: ZoneId): number => {
  const hours = offsetHours[zone]
  if (hours === undefined) throw new RangeError(`not an Indonesian zone: ${String(zone)}`)
  return hours * 60 * minuteMs
}

/** The day on the wall calendar of a zone, as a number. */
export const localDayNumber = (ms: number, zone: ZoneId): number => Math.floor((ms + offsetMs(zone)) / dayMs)

/** The day on the wall calendar of a zone. A RangeError for an invalid Date. */
export const localDay = (at: Date, zone: ZoneId): Day => dayText(localDayNumber(instantMs(at), zone))

/** Minutes since local midnight. */
export const localMinutes = (at: Date, zone: ZoneId): number => {
  const ms = instantMs(at) + offsetMs(zone)
  return Math.floor((ms - Math.floor(ms / dayMs) * dayMs) / minuteMs)
}

/** The instant (ms) of a local wall time: a day number and minutes since midnight. */
export const wallMs = (day: number, minutes: number, zone: ZoneId): number =>
  day * dayMs + minutes * minuteMs - offsetMs(zone)

/** ISO weekday: 1 Monday … 7 Sunday. */
export const isoWeekday = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

// The texts of 2000 to 2099 are kept: a holiday is looked up by the text of its day, and making that text anew for
// every day counted would be nine tenths of the cost of a deadline.
const firstKept = 10_957 // 2000-01-01
const kept = Array.from<Day | undefined>({ length: 36_525 })

/** 'YYYY-MM-DD' of a day number; a RangeError outside the years 1 to 9999. */
export function dayText(day: number): Day {
  const known = kept[day - firstKept]
  if (known !== undefined) return known
  if (!(day >= firstDayNumber && day <= lastDayNumber)) throw new RangeError(`no such day: ${day}`)
  const { year, month, date } = dayParts(day)
  const text = `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
  if (day >= firstKept && day < firstKept + kept.length) kept[day - firstKept] = text
  return text
}

/** Year, month (1 to 12) and day of the month, of a day number. */
export function dayParts(day: number): { year: number; month: number; date: number } {
  const at = new Date(day * dayMs)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, date: at.getUTCDate() }
}

/** The number of a day's text; a RangeError unless it is a real date written 'YYYY-MM-DD'. */
export function dayNumber(text: Day): number {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / dayMs : NaN
  // Date.parse turns 2026-02-30 into 2 March; comparing with the text refuses it.
  if (Number.isNaN(day) || dayText(day) !== text) throw new RangeError(`not a day (YYYY-MM-DD): ${text}`)
  return day
}

/** Minutes since midnight of 'HH:MM'; a RangeError unless it is a time between 00:00 and 23:59. */
export function clockMinutes(text: string): number {
  const digit = (at: number) => text.charCodeAt(at) - 48
  const [a, b, c, d] = [digit(0), digit(1), digit(3), digit(4)]
  const isTime = text.length === 5 && text[2] === ':' && [a, b, c, d].every((n) => n >= 0 && n <= 9)
  const minutes = (a * 10 + b) * 60 + c * 10 + d
  if (!isTime || a * 10 + b > 23 || c > 5) throw new RangeError(`not a time (HH:MM): ${text}`)
  return minutes
}
