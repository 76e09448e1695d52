import { m } from '#messages'
import { formatNumber } from '#lib/format.ts'
import type { Content } from './draft.ts'

/** Something to mend: at a field of this page, on another page (`href`), or about the whole. */
export type Fault = { field?: string; href?: string; message: string }

export type StepName =
  'class' | 'matter' | 'place' | 'story' | 'files' | 'about' | 'person' | 'openness' | 'you' | 'similar' | 'check'

/** One page of the form: which answers it asks for, whether it is asked at all, and what is wrong with the answers. */
export type Step = {
  name: StepName
  path: string
  /** Which of the five parts it belongs to; people are told the part, because pages come and go with the answers. */
  part: number
  keys: readonly string[]
  asked: (content: Content) => boolean
  faults: (content: Content) => Fault[]
}

export const parts = 5
const base = '/aduan/baru'
const always = () => true
const fine = (): Fault[] => []

const classes = ['information', 'suggestion', 'complaint', 'oversight']
const longest = 5000
const shortest = 10

/** What is asked about a person who is named; `who` is the beginning of their keys. */
export const personKeys = (who: string): string[] =>
  ['name', 'nik', 'kkNumber', 'address', 'rt', 'rw', 'sex', 'birthDate', 'registered'].map((key) => `${who}.${key}`)

/** Ideas are about nobody in particular; who sends them without a name is asked nothing about themselves either. */
const aboutSomebody = (content: Content) => content['class'] !== 'suggestion'
export const isAnonymous = (content: Content): boolean => content['anonymous'] === 'yes'

export const steps: readonly Step[] = [
  {
    name: 'class',
    path: base,
    part: 1,
    keys: ['class'],
    asked: always,
    faults: ({ class: value = '' }) =>
      classes.includes(value) ? [] : [{ field: 'class', message: m.public_new_class_missing() }],
  },
  {
    name: 'matter',
    path: `${base}/perihal`,
    part: 1,
    keys: ['matter', 'programmeCode'],
    asked: always,
    faults: ({ matter }) => (matter ? [] : [{ field: 'matter', message: m.public_new_matter_missing() }]),
  },
  {
    name: 'place',
    path: `${base}/tempat`,
    part: 2,
    keys: ['regionCode'],
    asked: always,
    faults: ({ regionCode = '' }) =>
      /^\d\d\.\d\d\.\d\d\.\d{4}$/.test(regionCode)
        ? []
        : [{ field: 'regionCode', message: m.public_new_place_missing() }],
  },
  {
    name: 'story',
    path: `${base}/cerita`,
    part: 3,
    keys: ['body'],
    asked: always,
    faults: ({ body = '' }) => {
      const length = body.trim().length
      if (length === 0) return [{ field: 'body', message: m.public_new_story_missing() }]
      if (length < shortest) return [{ field: 'body', message: m.public_new_story_short() }]
      if (length <= longest) return []
      return [{ field: 'body', message: m.public_new_story_long({ over: formatNumber(length - longest) }) }]
    },
  },
  { name: 'files', path: `${base}/berkas`, part: 3, keys: [], asked: always, faults: fine },
  {
    name: 'about',
    path: `${base}/siapa`,
    part: 4,
    keys: ['about'],
    asked: aboutSomebody,
    faults: ({ about = '' }) =>
      ['self', 'other', 'many'].includes(about) ? [] : [{ field: 'about', message: m.public_new_about_missing() }],
  },
  {
    name: 'person',
    path: `${base}/orang`,
    part: 4,
    keys: ['complainant.relationship', ...personKeys('concerned.0')],
    asked: (content) => aboutSomebody(content) && content['about'] === 'other',
    faults: (content) => [
      ...(content['concerned.0.name']
        ? []
        : [{ field: 'concerned.0.name', message: m.public_new_person_name_missing() }]),
      ...tooLong(content, 'complainant.relationship', 60),
      ...personFaults(content, 'concerned.0'),
    ],
  },
  {
    name: 'openness',
    path: `${base}/kerahasiaan`,
    part: 4,
    keys: ['anonymous', 'confidential', 'aboutOffice'],
    asked: always,
    faults: fine,
  },
  {
    name: 'you',
    path: `${base}/anda`,
    part: 4,
    keys: ['complainant.phone', ...personKeys('complainant')],
    asked: (content) => !isAnonymous(content),
    faults: (content) => [
      ...(content['complainant.name'] ? [] : [{ field: 'complainant.name', message: m.public_new_you_name_missing() }]),
      ...phoneFaults(content['complainant.phone'] ?? ''),
      ...personFaults(content, 'complainant'),
    ],
  },
  { name: 'similar', path: `${base}/serupa`, part: 5, keys: ['joinTo'], asked: always, faults: fine },
  { name: 'check', path: `${base}/periksa`, part: 5, keys: [], asked: always, faults: fine },
]

export function stepOf(name: StepName): Step {
  const step = steps.find((one) => one.name === name)
  if (!step) throw new Error(`no step ${name}`)
  return step
}

/** The page that asks for a field the API found wrong; the story when no page does. */
export const stepAsking = (field: string): Step =>
  steps.find((step) => step.keys.includes(field)) ??
  (field.startsWith('concerned.')
    ? stepOf('person')
    : field.startsWith('complainant.')
      ? stepOf('you')
      : stepOf('story'))

export const nextStep = (step: Step, content: Content): Step =>
  steps.slice(steps.indexOf(step) + 1).find((one) => one.asked(content)) ?? stepOf('check')

export const stepBefore = (step: Step, content: Content): Step | undefined =>
  steps.slice(0, steps.indexOf(step)).findLast((one) => one.asked(content) && one.name !== 'similar')

/** The first page with something missing or wrong; undefined when the complaint can be sent. */
export const firstUnfinished = (content: Content): Step | undefined =>
  steps.find((step) => step.asked(content) && step.faults(content).length > 0)

/** What was typed on a page, tidied where people write the same thing in many ways; a missing answer is ''. */
export function typedOn(step: Step, form: FormData): Content {
  const typed: Content = {}
  for (const key of step.keys) {
    const value = form.get(key)
    typed[key] = tidy(key, typeof value === 'string' ? value : '')
  }
  return typed
}

/** Answers that belong to pages not asked any more stay in the draft, but are not sent. */
export function sendable(content: Content): Content {
  const kept = { ...content }
  for (const step of steps) if (!step.asked(content)) for (const key of step.keys) if (key !== 'about') kept[key] = ''
  if (content['about'] === 'self' && aboutSomebody(content)) kept['complainant.relationship'] = m.public_new_self()
  return kept
}

function tidy(key: string, value: string): string {
  if (key === 'body') return value.replaceAll('\r\n', '\n')
  const line = value.trim()
  if (/\.(nik|kkNumber)$/.test(key)) return line.replace(/[\s.-]/g, '')
  if (key.endsWith('.phone')) return line.replace(/[.]/g, ' ').replace(/\s+/g, ' ')
  return line
}

function personFaults(content: Content, who: string): Fault[] {
  const at = (key: string) => content[`${who}.${key}`] ?? ''
  return [
    ...tooLong(content, `${who}.name`, 120),
    ...sixteenDigits(`${who}.nik`, at('nik'), m.public_new_nik_wrong),
    ...sixteenDigits(`${who}.kkNumber`, at('kkNumber'), m.public_new_kk_wrong),
    ...tooLong(content, `${who}.address`, 300),
    ...(['rt', 'rw'] as const)
      .filter((key) => at(key) !== '' && !/^\d{1,3}$/.test(at(key)))
      .map((key) => ({ field: `${who}.${key}`, message: m.public_new_rt_wrong({ name: key.toUpperCase() }) })),
    ...birthFaults(`${who}.birthDate`, at('birthDate')),
  ]
}

function sixteenDigits(field: string, value: string, say: (input: { count: string }) => string): Fault[] {
  if (value === '' || /^\d{16}$/.test(value)) return []
  return [{ field, message: say({ count: formatNumber(value.replace(/\D/g, '').length) }) }]
}

const tooLong = (content: Content, field: string, most: number): Fault[] =>
  (content[field] ?? '').length > most ? [{ field, message: m.public_new_too_long({ most: formatNumber(most) }) }] : []

const phoneFaults = (phone: string): Fault[] =>
  phone === '' || /^[+0-9][0-9 ()-]{5,24}$/.test(phone)
    ? []
    : [{ field: 'complainant.phone', message: m.public_new_phone_wrong() }]

function birthFaults(field: string, value: string): Fault[] {
  if (value === '') return []
  const real = /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
  const year = Number(value.slice(0, 4))
  return real && year >= 1900 && year <= new Date().getUTCFullYear()
    ? []
    : [{ field, message: m.public_new_birth_wrong() }]
}
