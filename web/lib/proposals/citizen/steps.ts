import { m } from '#messages'
import { formatNumber } from '#lib/format.ts'
import { readNumber } from '#lib/complaints/number.ts'
import { personFaults, phoneFaults, tidy, tooLong } from '#lib/public/answers.ts'
import type { Content } from '#lib/public/draft.ts'
import { stepOrder, type Fault, type FormStep } from '#lib/public/steps.ts'
import { memberFaults, membersIn, memberKeys } from './members.ts'

type StepName = 'kind' | 'removal' | 'place' | 'whom' | 'members' | 'reason' | 'files' | 'you' | 'check'
type Step = FormStep<StepName>

const base = '/usul'
const always = () => true
const fine = (): Fault[] => []
const shortest = 10
// The name of whom it is about goes before the reason of a correction, and both have 5000 letters.
const longest = 4800

const kinds = ['enrol', 'correct', 'remove', 'object']
const removals = ['not_eligible', 'moved', 'dead', 'double', 'not_found']
const isKind = (kind: string) => (content: Content) => content['kind'] === kind
/** Somebody is to be put into the register: a family, or a member who is missing. */
const addsPeople = (content: Content) => isKind('enrol')(content) || isKind('correct')(content)

const missing = (content: Content, field: string, say: () => string): Fault[] =>
  content[field] ? [] : [{ field, message: say() }]

function whomFaults(content: Content): Fault[] {
  if (isKind('object')(content)) {
    const number = readNumber(content['aboutNumber'] ?? '')
    if (!content['aboutNumber']) return missing(content, 'aboutNumber', m.proposals_public_number_missing)
    return number.fault ? [{ field: 'aboutNumber', message: number.fault }] : []
  }
  return [
    ...(isKind('enrol')(content)
      ? missing(content, 'family.address', m.proposals_public_address_missing)
      : [
          ...missing(content, 'whom.name', m.proposals_public_whom_name_missing),
          ...personFaults(
            { ...content, 'whom.nik': isKind('remove')(content) ? (content['whom.nik'] ?? '') : '' },
            'whom',
          ),
        ]),
    ...personFaults(content, 'family'),
  ]
}

function reasonFaults({ reason = '' }: Content): Fault[] {
  const length = reason.trim().length
  if (length === 0) return [{ field: 'reason', message: m.proposals_public_reason_missing() }]
  if (length < shortest) return [{ field: 'reason', message: m.proposals_public_reason_short() }]
  if (length <= longest) return []
  return [{ field: 'reason', message: m.proposals_public_reason_long({ over: formatNumber(length - longest) }) }]
}

function youFaults(content: Content): Fault[] {
  const nik = content['proposer.nik'] ?? ''
  return [
    ...missing(content, 'proposer.name', m.proposals_public_you_name_missing),
    ...tooLong(content, 'proposer.name', 120),
    ...missing(content, 'proposer.nik', m.proposals_public_you_nik_missing),
    ...(nik !== '' && !/^\d{16}$/.test(nik)
      ? [
          {
            field: 'proposer.nik',
            message: m.proposals_public_you_nik_wrong({ count: formatNumber(nik.replace(/\D/g, '').length) }),
          },
        ]
      : []),
    ...phoneFaults('proposer.phone', content['proposer.phone'] ?? ''),
    ...tooLong(content, 'proposer.relationship', 60),
  ]
}

export const steps: readonly Step[] = [
  {
    name: 'kind',
    path: `${base}/jenis`,
    part: 1,
    keys: ['kind'],
    asked: always,
    faults: ({ kind = '' }) =>
      kinds.includes(kind) ? [] : [{ field: 'kind', message: m.proposals_public_kind_missing() }],
  },
  {
    name: 'removal',
    path: `${base}/sebab`,
    part: 1,
    keys: ['removal'],
    asked: isKind('remove'),
    faults: ({ removal = '' }) =>
      removals.includes(removal) ? [] : [{ field: 'removal', message: m.proposals_public_removal_missing() }],
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
    name: 'whom',
    path: `${base}/siapa`,
    part: 3,
    keys: ['whom.name', 'whom.nik', 'family.kkNumber', 'family.address', 'family.rt', 'family.rw', 'aboutNumber'],
    asked: always,
    faults: whomFaults,
  },
  {
    name: 'members',
    path: `${base}/anggota`,
    part: 3,
    keys: [],
    asked: addsPeople,
    faults: (content) => memberFaults(content, isKind('enrol')(content)),
  },
  { name: 'reason', path: `${base}/alasan`, part: 4, keys: ['reason'], asked: always, faults: reasonFaults },
  { name: 'files', path: `${base}/foto`, part: 4, keys: [], asked: always, faults: fine },
  {
    name: 'you',
    path: `${base}/anda`,
    part: 5,
    keys: ['proposer.name', 'proposer.nik', 'proposer.phone', 'proposer.relationship'],
    asked: always,
    faults: youFaults,
  },
  { name: 'check', path: `${base}/periksa`, part: 5, keys: [], asked: always, faults: fine },
]

export const { stepOf, firstUnfinished } = stepOrder(steps, 'check')

/** What was typed on a page, tidied; a question the page did not ask keeps its earlier answer. */
export function typedOn(step: Step, form: FormData): Content {
  const typed: Content = {}
  for (const key of step.keys) {
    const value = form.get(key)
    if (typeof value === 'string') typed[key] = tidy(key, value)
  }
  // Of radio buttons nothing is sent when none is chosen.
  for (const key of ['kind', 'removal']) if (step.keys.includes(key)) typed[key] ??= ''
  return typed
}

/** What is sent of a draft: answers of pages that are not asked any more stay behind, and whom it is about goes where the API looks. */
export function sendable(content: Content): Content {
  const kept: Content = {}
  for (const [key, value] of Object.entries(content)) if (!/^(members|whom)\./.test(key)) kept[key] = value
  if (addsPeople(content))
    for (let place = 0; place < membersIn(content); place++)
      for (const key of memberKeys(place)) kept[key] = content[key] ?? ''
  if (!isKind('object')(content)) kept['aboutNumber'] = ''
  if (isKind('object')(content)) for (const key of ['kkNumber', 'address', 'rt', 'rw']) kept[`family.${key}`] = ''
  if (isKind('remove')(content)) {
    kept['members.0.name'] = content['whom.name'] ?? ''
    kept['members.0.nik'] = content['whom.nik'] ?? ''
    kept['proposer.relationship'] = ''
  }
  // A member of a correction is somebody to be added; whose data is wrong is said in words, an officer finds them.
  if (isKind('correct')(content))
    kept['reason'] = `${m.proposals_public_about({ name: content['whom.name'] ?? '' })}\n\n${content['reason'] ?? ''}`
  return kept
}

/** The page that asks for a field the API found wrong. */
export function stepAsking(field: string, content: Content): Step {
  const found = steps.find((step) => step.keys.includes(field))
  if (found) return found
  if (field.startsWith('members')) return stepOf(addsPeople(content) ? 'members' : 'whom')
  if (field.startsWith('family')) return stepOf('whom')
  return stepOf(field.startsWith('proposer') ? 'you' : 'reason')
}
