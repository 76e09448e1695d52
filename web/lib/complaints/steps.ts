import { m } from '#messages'
import { formatNumber } from '#lib/format.ts'
import { personFaults, phoneFaults, tidy, tooLong } from '#lib/public/answers.ts'
import { stepOrder, type Fault, type FormStep } from '#lib/public/steps.ts'
import type { Content } from './draft.ts'

export type { Fault } from '#lib/public/steps.ts'

export type StepName =
  'class' | 'matter' | 'place' | 'story' | 'files' | 'about' | 'person' | 'openness' | 'you' | 'similar' | 'check'

export type Step = FormStep<StepName>

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
      ...phoneFaults('complainant.phone', content['complainant.phone'] ?? ''),
      ...personFaults(content, 'complainant'),
    ],
  },
  { name: 'similar', path: `${base}/serupa`, part: 5, keys: ['joinTo'], asked: always, faults: fine },
  { name: 'check', path: `${base}/periksa`, part: 5, keys: [], asked: always, faults: fine },
]

export const { stepOf, nextStep, stepBefore, firstUnfinished } = stepOrder(steps, 'check', ['similar'])

/** The page that asks for a field the API found wrong; the story when no page does. */
export const stepAsking = (field: string): Step =>
  steps.find((step) => step.keys.includes(field)) ??
  (field.startsWith('concerned.')
    ? stepOf('person')
    : field.startsWith('complainant.')
      ? stepOf('you')
      : stepOf('story'))

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
