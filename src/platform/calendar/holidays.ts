import type { Day } from './days.ts'
import { type HolidayKind, decreedHolidays } from './decreed-holidays.ts'

/** `basis` tells the administrator how far to trust the row: a decree, or a computation to be checked against one. */
export type Holiday = { day: Day; name: string; kind: HolidayKind; basis: 'decree' | 'computed' }

// Official names, by the rule of `date-holidays`. Its own Indonesian ones are partly wrong: 27 Rajab is called
// "Maulid Nabi Muhammad", so a year would have two of them and no Isra Mikraj.
const names: Readonly<Record<string, string>> = {
  '01-01': 'Tahun Baru Masehi',
  '27 Rajab': 'Isra Mikraj Nabi Muhammad SAW',
  'chinese 01-0-01': 'Tahun Baru Imlek',
  '1 Shawwal': 'Idul Fitri',
  '2 Shawwal': 'Idul Fitri',
  'easter -2': 'Wafat Yesus Kristus',
  easter: 'Kebangkitan Yesus Kristus (Paskah)',
  '05-01': 'Hari Buruh Internasional',
  'easter 39': 'Kenaikan Yesus Kristus',
  '10 Dhu al-Hijjah': 'Idul Adha',
  '06-01': 'Hari Lahir Pancasila',
  '1 Muharram': '1 Muharam Tahun Baru Islam',
  '08-17': 'Proklamasi Kemerdekaan',
  '12 Rabi al-awwal': 'Maulid Nabi Muhammad SAW',
  '12-25': 'Kelahiran Yesus Kristus (Natal)',
}

/**
 * The days off of a year, to pre-fill an editable table: by decree where it is known (collective leave included), else
 * computed by `date-holidays` (national holidays only). In the order of days, one row a day; two holidays that meet
 * are one row with both names. The README of this folder says how far the computation can be trusted.
 */
export function nationalHolidays(year: number): Holiday[] {
  const decree = decreedHolidays[year]
  if (decree) return decree.days.map(([day, kind, name]) => ({ day, name, kind, basis: 'decree' }))
  return [...computedHolidays(year)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, found]) => ({ day, name: found.join(' dan '), kind: 'national', basis: 'computed' }))
}

/** What `date-holidays` gives for Indonesia, names by day. */
export function computedHolidays(year: number): Map<Day, string[]> {
  const Holidays = loadDateHolidays()
  // Only real days off: the package also knows bank, school, optional and observance days elsewhere.
  const source = new Holidays('ID', { languages: 'id', types: ['public'] })
  source.setHoliday('easter', { name: { id: 'Paskah' }, type: 'public' }) // a day off since Keppres 8/2024
  const days = new Map<Day, string[]>()
  for (const { date, rule, name, type } of source.getHolidays(year)) {
    // `date` is local text; `start` is an instant, on Islamic days the sunset before, so it is the wrong day.
    const day = date.slice(0, 10)
    if (type !== 'public') continue
    const said = names[rule] ?? name
    const found = days.get(day) ?? []
    if (!found.includes(said)) days.set(day, [...found, said])
  }
  return days
}

// Loaded when asked for and out of sight of bundlers: the package takes 170 ms to load and is 1.5 MB, and the
// web imports this folder's front door for everything else.
function loadDateHolidays(): typeof import('date-holidays').default {
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(import.meta.url)('date-holidays')
}
