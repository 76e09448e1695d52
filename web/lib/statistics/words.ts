import type { Class, Door, Tier } from '#src/complaints/schema.ts'
import { matterWord, programmeWord, type Reference } from '#lib/work/reference.ts'
import { m } from '#messages'
import { formatMonth } from './say.ts'

/** What the codes of figures are called. */
export const tierWords: Readonly<Record<Tier, () => string>> = {
  village: m.tier_village,
  district: m.tier_district,
  regency: m.tier_regency,
  province: m.tier_province,
  nation: m.tier_nation,
}

export const classWords: Readonly<Record<Class, () => string>> = {
  information: m.class_information,
  suggestion: m.class_suggestion,
  complaint: m.class_complaint,
  oversight: m.class_oversight,
}

export const doorWords: Readonly<Record<Door, () => string>> = {
  web: m.door_web,
  desk: m.door_desk,
  pillar: m.door_pillar,
  api: m.door_api,
}

const stateWords: Readonly<Record<string, () => string>> = {
  open: m.statistics_open,
  settled: m.statistics_settled,
  rejected: m.statistics_rejected,
  withdrawn: m.statistics_withdrawn,
  joined: m.statistics_joined,
}
const ofTiers = (word: string, keys: readonly string[]): string =>
  [word, keys.map((key) => (key in tierWords ? tierWords[key as Tier]() : key)).join(', ')].filter(Boolean).join(' · ')

/** What a list is cut to: 'overdue:village' is “Lewat batas waktu · Desa/kelurahan”. */
export function countedWord(counted: string, reference: Reference): string {
  const [dimension = '', text = ''] = counted.split(':', 2)
  const keys = text === '' ? [] : text.split(',')
  const [key = ''] = keys
  switch (dimension) {
    case 'state':
      return (stateWords[key] ?? m.statistics_filed)()
    case 'open':
      return ofTiers(m.statistics_open(), keys)
    case 'overdue':
      return ofTiers(m.statistics_overdue(), keys)
    case 'answered':
      return ofTiers(m.statistics_answered(), keys)
    case 'answered_in':
      return `${m.statistics_trend_answered()} · ${key && formatMonth(key)}`
    case 'satisfied':
      return key === 'true' ? m.statistics_satisfied() : m.statistics_rated()
    case 'days':
      return m.statistics_answered()
    case 'matter':
      return matterWord(reference, key)
    case 'programme':
      return key === '' ? m.statistics_programme_none() : programmeWord(reference, key)
    case 'class':
      return key in classWords ? classWords[key as Class]() : key
    default:
      return key in doorWords ? doorWords[key as Door]() : key
  }
}

/** The cases behind a figure of a region; what counts as it is the API's `counted`. */
export const casesHref = (region: string, months: { from: string; to: string } | null, counted: string): string => {
  const days = months && { from: `${months.from}-01`, to: lastDay(months.to) }
  return `/kerja?${new URLSearchParams({ view: 'region', status: 'all', region, counted, ...days })}`
}
const lastDay = (month: string) =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).toISOString().slice(0, 10)
