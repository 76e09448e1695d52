import { type Day, type ZoneId, dayNumber, dayParts, dayText, instantMs } from './days.ts'
import { isoWeekday, localDay, localDayNumber, localMinutes, zoneShortName } from './days.ts'

/** Times as people say them. Plain text made without Intl, so that server and browser say exactly the same. */
export type SpokenLocale = 'id' | 'en'
/** 'short' for lists and tables; 'long' for citizens: weekday and month in full. */
export type Length = 'short' | 'long'

const words = {
  id: {
    short: ['Jan', 'Feb', 'Mar', 'Apr', 'Mei', 'Jun', 'Jul', 'Agu', 'Sep', 'Okt', 'Nov', 'Des'],
    long: [
      'Januari',
      'Februari',
      'Maret',
      'April',
      'Mei',
      'Juni',
      'Juli',
      'Agustus',
      'September',
      'Oktober',
      'November',
      'Desember',
    ],
    weekdays: ['Senin', 'Selasa', 'Rabu', 'Kamis', 'Jumat', 'Sabtu', 'Minggu'],
    clock: '.',
    at: 'pukul',
    today: 'hari ini',
    left: (n: number) => `${n} hari kerja lagi`,
    late: (n: number) => `terlambat ${n} hari kerja`,
    now: 'baru saja',
    yesterday: 'kemarin',
    ago: (n: number, unit: 'minute' | 'hour' | 'day') =>
      `${n} ${{ minute: 'menit', hour: 'jam', day: 'hari' }[unit]} lalu`,
  },
  en: {
    short: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
    long: [
      'January',
      'February',
      'March',
      'April',
      'May',
      'June',
      'July',
      'August',
      'September',
      'October',
      'November',
      'December',
    ],
    weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
    clock: ':',
    at: 'at',
    today: 'today',
    left: (n: number) => `${n} working ${n === 1 ? 'day' : 'days'} left`,
    late: (n: number) => `${n} working ${n === 1 ? 'day' : 'days'} late`,
    now: 'just now',
    yesterday: 'yesterday',
    ago: (n: number, unit: 'minute' | 'hour' | 'day') => `${n} ${unit}${n === 1 ? '' : 's'} ago`,
  },
} as const

const sayDayNumber = (day: number, locale: SpokenLocale, length: Length): string => {
  const { year, month, date } = dayParts(day)
  const said = `${date} ${words[locale][length][month - 1]} ${year}`
  return length === 'long' ? `${words[locale].weekdays[isoWeekday(day) - 1]}, ${said}` : said
}

/** "21 Nov 2026"; long: "Sabtu, 21 November 2026". A RangeError unless `day` is a real 'YYYY-MM-DD'. */
export const sayDay = (day: Day, locale: SpokenLocale, length: Length = 'short'): string =>
  sayDayNumber(dayNumber(day), locale, length)

/** "14.05 WIB"; English "14:05 WIB". Seconds are cut, not rounded. */
export function sayTime(at: Date, zone: ZoneId, locale: SpokenLocale): string {
  const minutes = localMinutes(at, zone)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}${words[locale].clock}${two(minutes % 60)} ${zoneShortName[zone]}`
}

/** "21 Nov 2026 14.05 WIB"; long: "Sabtu, 21 November 2026 pukul 14.05 WIB". */
export function sayInstant(at: Date, zone: ZoneId, locale: SpokenLocale, length: Length = 'short'): string {
  const day = sayDay(localDay(at, zone), locale, length)
  return `${day} ${length === 'long' ? `${words[locale].at} ` : ''}${sayTime(at, zone, locale)}`
}

/** What `workingDaysLeft` counts: "3 hari kerja lagi", "hari ini", "terlambat 2 hari kerja". */
export function sayDaysLeft(n: number, locale: SpokenLocale = 'id'): string {
  if (n === 0) return words[locale].today
  return n > 0 ? words[locale].left(n) : words[locale].late(-n)
}

const [minute, hour] = [60_000, 3_600_000]

/**
 * How long ago: "baru saja", "5 menit lalu", "3 jam lalu", "kemarin", "6 hari lalu", and the day itself after 30 days.
 * Under 12 hours it counts hours, then days of the local calendar. A clock up to a minute ahead is "baru saja", a
 * later instant is said as it is.
 */
export function sayAgo(at: Date, now: Date, zone: ZoneId, locale: SpokenLocale): string {
  const say = words[locale]
  const passed = instantMs(now) - instantMs(at)
  if (passed < -minute) return sayInstant(at, zone, locale)
  if (passed < minute) return say.now
  if (passed < hour) return say.ago(Math.floor(passed / minute), 'minute')
  const day = localDayNumber(at.getTime(), zone)
  const days = localDayNumber(now.getTime(), zone) - day
  if (passed < 12 * hour || days === 0) return say.ago(Math.floor(passed / hour), 'hour')
  if (days === 1) return say.yesterday
  return days <= 30 ? say.ago(days, 'day') : sayDay(dayText(day), locale)
}
