import { getLocale } from '#locale'

/*
 * Numbers, money and times the way people here write them: 1.234.567, Rp 300.000, 21 Nov 2026 14.05 WIB.
 * Formatters are kept: making one costs more than a hundred uses.
 */
const kept = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()
const keep = <T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T => {
  const had = kept.get(key) as T | undefined
  if (had) return had
  const made = make()
  kept.set(key, made)
  return made
}
const tag = (): string => (getLocale() === 'en' ? 'en-GB' : 'id-ID')

const zoneNames: Readonly<Record<string, string>> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
}

/** 1.234.567 */
export const formatNumber = (value: number, digits = 0): string =>
  keep(`n${digits}${tag()}`, () => new Intl.NumberFormat(tag(), { maximumFractionDigits: digits })).format(value)

/** What the API stops counting at 1,000: "999+". */
export const formatCount = (count: number): string => (count >= 1000 ? '999+' : formatNumber(count))

/** Whole rupiah: "Rp 300.000". */
export const formatRupiah = (amount: number): string => `Rp\u00A0${formatNumber(amount)}`

/** 42 %; `share` is between 0 and 1. */
export const formatShare = (share: number, digits = 0): string => `${formatNumber(share * 100, digits)} %`

/** 21 Nov 2026; a calendar date (YYYY-MM-DD) stays that date in every zone. */
export function formatDate(value: string, zone = 'Asia/Jakarta'): string {
  const timeZone = value.length === 10 ? 'UTC' : zone
  return keep(`d${timeZone}${tag()}`, () => new Intl.DateTimeFormat(tag(), { dateStyle: 'medium', timeZone })).format(
    new Date(value),
  )
}

/** Sabtu, 21 November 2026: for letters and for citizens, where there is room. */
export function formatLongDate(value: string, zone = 'Asia/Jakarta'): string {
  const timeZone = value.length === 10 ? 'UTC' : zone
  // Not dateStyle 'full': Indonesian then writes "09 Desember".
  const full = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone } as const
  return keep(`D${timeZone}${tag()}`, () => new Intl.DateTimeFormat(tag(), full)).format(new Date(value))
}

/** 21 Nov 2026 14.05 WIB; in the region's own zone, which it names. */
export function formatDateTime(instant: string, zone = 'Asia/Jakarta'): string {
  const time = keep(
    `t${zone}${tag()}`,
    () => new Intl.DateTimeFormat(tag(), { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone }),
  ).format(new Date(instant))
  return `${formatDate(instant, zone)} ${time} ${zoneNames[zone] ?? zone}`
}

/** A month 'YYYY-MM' in words: "November 2026". */
export const formatMonth = (period: string): string =>
  keep(`m${tag()}`, () => new Intl.DateTimeFormat(tag(), { month: 'long', year: 'numeric', timeZone: 'UTC' })).format(
    new Date(`${period}-01`),
  )
