import { v7 as uuid } from 'uuid'
import type { EvidenceFile, Family, HistoryChange, Member, RegisterAct } from '#src/people/register/schema.ts'
import { m } from '#messages'
import { familyQuestions, type Forms, personQuestions, sealedQuestions } from './fields.ts'
import { changesOf, givenOf, type Question, type Typed, typedOf, type Values } from './questions.ts'

/** What an officer records on a family page. */
export type Act =
  | 'born'
  | 'add_member'
  | 'death'
  | 'leaving'
  | 'move'
  | 'split'
  | 'join'
  | 'head'
  | 'payee'
  | 'family_facts'
  | 'person_facts'
  | 'graduate'
  | 'reenter'
  | 'correct'

export const actWords: Readonly<Record<Act, () => string>> = {
  born: m.register_act_born,
  add_member: m.register_act_add_member,
  death: m.register_act_death,
  leaving: m.register_act_leaving,
  move: m.register_act_move,
  split: m.register_act_split,
  join: m.register_act_join,
  head: m.register_act_head,
  payee: m.register_act_payee,
  family_facts: m.register_act_family_facts,
  person_facts: m.register_act_person_facts,
  graduate: m.register_act_graduate,
  reenter: m.register_act_reenter,
  correct: m.register_act_correct,
}

/** What the policy calls it; some of the server's acts are several here. */
const allowedBy: Readonly<Record<Act, RegisterAct>> = {
  born: 'add_member',
  add_member: 'add_member',
  death: 'death',
  leaving: 'leaving',
  move: 'move',
  split: 'split',
  join: 'join',
  head: 'head',
  payee: 'payee',
  family_facts: 'facts',
  person_facts: 'facts',
  graduate: 'graduate',
  reenter: 'reenter',
  correct: 'correct',
}
/** Acts on a family without anybody in it make no sense. */
const needsMembers: ReadonlySet<Act> = new Set(['death', 'leaving', 'split', 'head', 'payee', 'person_facts'])

export const mayDo = (family: Family, act: Act): boolean =>
  family.can.includes(allowedBy[act]) && (!needsMembers.has(act) || living(family).length > 0)

/** The menu, by what the acts are about; the order within a group is that of daily work. */
export const actGroups: readonly { word: () => string; acts: readonly Act[] }[] = [
  { word: m.register_group_people, acts: ['born', 'add_member', 'death', 'leaving'] },
  { word: m.register_group_family, acts: ['move', 'split', 'join', 'head', 'payee'] },
  { word: m.register_group_facts, acts: ['family_facts', 'person_facts'] },
  { word: m.register_group_status, acts: ['graduate', 'reenter'] },
]

export const joiningKinds = {
  moved_in: m.register_in_moved,
  married: m.register_in_married,
  divorced: m.register_in_divorced,
  registered: m.register_in_registered,
}
export const leavingKinds = {
  moved_out: m.register_out_moved,
  married: m.register_out_married,
  divorced: m.register_out_divorced,
  not_found: m.register_out_not_found,
}
export const familyKinds = {
  surveyed: m.register_facts_surveyed,
  kk_changed: m.register_facts_kk,
  income_rose: m.register_facts_rose,
  income_fell: m.register_facts_fell,
  able: m.register_facts_able,
  decile_set: m.register_facts_decile,
  disaster_loss: m.register_facts_disaster,
  not_found: m.register_facts_gone,
}
export const graduationKinds = {
  graduated_voluntary: m.register_graduated_voluntary,
  graduated_natural: m.register_graduated_natural,
  graduated_forced: m.register_graduated_forced,
}
/** Their words are those of the list of kinds. */
export const personKinds = [
  'surveyed',
  'school_entered',
  'school_finished',
  'school_left',
  'work_started',
  'laid_off',
  'married',
  'divorced',
  'nik_changed',
  'pregnant',
  'gave_birth',
  'disability',
  'chronic_illness',
  'ppks',
] as const

export const living = (family: Family): Member[] => family.members.filter((one) => one.status === 'active')

/** Of every act: when, who says so, on what grounds. */
export type GroundsTyped = { effectiveOn: string; reportedOn: string; source: string; sourceRef: string; note: string }
export const blankGrounds = (): GroundsTyped => ({
  effectiveOn: '',
  reportedOn: '',
  source: 'village',
  sourceRef: '',
  note: '',
})
export const groundsOf = ({ effectiveOn, reportedOn, source, sourceRef, note }: GroundsTyped) => ({
  ...(effectiveOn && { effectiveOn }),
  ...(reportedOn && { reportedOn }),
  source,
  ...(sourceRef.trim() && { sourceRef: sourceRef.trim() }),
  ...(note.trim() && { note: note.trim() }),
})

/** The event an act puts right. */
export type Target = { change: HistoryChange; event: HistoryChange['events'][number] }

/** What has been typed into the form of an act; kept while the page is open, so that closing a panel loses nothing. */
export type Draft = {
  /** Of the change: sent twice, it is recorded once. */
  id: string
  grounds: GroundsTyped
  /** Handed in already, and named by the act when it is sent. */
  evidence: EvidenceFile[]
  kind: string
  person: string
  head: string
  headHere: string
  members: string[]
  roles: Record<string, string>
  region: string
  from: string
  how: 'replace' | 'back' | 'whole'
  /** Of graduation: the day of the signed request, who certified it. Of re-entry: the disaster. */
  requestedOn: string
  certifiedBy: string
  disaster: string
  /** What the fields began with, and what they hold. */
  before: Fields
  typed: Fields
}
/** Facts of the family or a person, answers to the questionnaire, sealed facts, sealed answers. */
export type Fields = { facts: Typed; answers: Typed; sealed: Typed; sealedAnswers: Typed }

/** Numbers are masked, so what is typed into them is always new. */
const unmasked = (values: Values): Values => ({ ...values, nik: undefined, kkNumber: undefined })

export const personFields = (forms: Forms, member?: Member): Fields => ({
  facts: typedOf(personQuestions(), unmasked(member ?? {})),
  answers: typedOf(forms.person, member?.answers),
  sealed: typedOf(sealedQuestions(), member?.sealed ?? {}),
  sealedAnswers: typedOf(forms.sealed, member?.sealed?.answers),
})
export const familyFields = (forms: Forms, family?: Family): Fields => ({
  facts: typedOf(familyQuestions(), unmasked(family ?? {})),
  answers: typedOf(forms.family, family?.answers),
  sealed: {},
  sealedAnswers: {},
})

/** The questions an event has answers to: what can be put right in it. */
export const askedIn = (questions: readonly Question[], values: Values | null | undefined): Question[] =>
  questions.filter((one) => values !== null && values !== undefined && one.name in values)

const copy = (fields: Fields): Fields => structuredClone(fields)

/** What an act begins with; graduation has no kind that may be assumed. */
const firstKind: Readonly<Partial<Record<Act, string>>> = { add_member: 'moved_in', leaving: 'moved_out', graduate: '' }

export function blank(act: Act, family: Family, forms: Forms, target?: Target): Draft {
  const before = fieldsFor(act, family, forms, target)
  return {
    id: uuid(),
    grounds: { ...blankGrounds(), effectiveOn: target?.change.effectiveOn ?? family.on },
    evidence: [],
    kind: firstKind[act] ?? 'surveyed',
    person: '',
    head: act === 'payee' ? (family.payeeId ?? '') : '',
    headHere: '',
    members: [],
    roles: {},
    region: act === 'move' ? family.region.code : '',
    from: '',
    how: 'replace',
    requestedOn: '',
    certifiedBy: '',
    disaster: '',
    before,
    typed: copy(before),
  }
}

function fieldsFor(act: Act, family: Family, forms: Forms, target?: Target): Fields {
  if (target) {
    const { event } = target
    const answers = (event.facts['answers'] ?? {}) as Values
    const sealed = event.sealed ?? {}
    const own = event.subject === 'family' ? familyQuestions() : personQuestions()
    return {
      facts: typedOf(own, unmasked(event.facts)),
      answers: typedOf(event.subject === 'family' ? forms.family : forms.person, answers),
      sealed: typedOf(sealedQuestions(), sealed),
      sealedAnswers: typedOf(forms.sealed, (sealed['answers'] ?? {}) as Values),
    }
  }
  if (act === 'family_facts' || act === 'move') return familyFields(forms, family)
  if (act === 'split') return familyFields(forms)
  const fields = personFields(forms)
  if (act === 'born') fields.facts['relationship'] = 'child'
  return fields
}

/** Begins the fields of a person anew when another one is chosen. */
export function choosePerson(draft: Draft, family: Family, forms: Forms, id: string): void {
  draft.person = id
  const member = family.members.find((one) => one.id === id)
  draft.before = personFields(forms, member)
  draft.typed = personFields(forms, member)
}

/** A person as typed in, for acts that bring somebody into the register. */
export function personOf(forms: Forms, typed: Fields): Record<string, unknown> {
  const answers = givenOf(forms.person, typed.answers)
  const sealed = givenOf(sealedQuestions(), typed.sealed)
  const sealedAnswers = givenOf(forms.sealed, typed.sealedAnswers)
  const hidden = { ...sealed, ...(Object.keys(sealedAnswers).length > 0 && { answers: sealedAnswers }) }
  return {
    ...givenOf(personQuestions(), typed.facts),
    ...(Object.keys(answers).length > 0 && { answers }),
    ...(Object.keys(hidden).length > 0 && { sealed: hidden }),
  }
}

/** Facts and answers that differ; undefined where nothing does. A survey answers its questionnaire as a whole. */
function factsOf(own: Question[], form: Question[], before: [Typed, Typed], typed: [Typed, Typed], whole: boolean) {
  const facts = changesOf(own, before[0], typed[0])
  const changed = changesOf(form, before[1], typed[1])
  const answers = whole ? { ...changed, ...givenOf(form, typed[1]) } : changed
  const all = { ...facts, ...(Object.keys(answers).length > 0 && { answers }) }
  return Object.keys(all).length > 0 ? all : undefined
}

type Request = { path: string; body: Record<string, unknown> }

/** The request of an act: the last part of its address, and its body. */
export function requestOf(act: Act, draft: Draft, forms: Forms, target?: Target): Request {
  const { typed, before } = draft
  const papers = draft.evidence.length > 0 && { evidence: draft.evidence.map((one) => one.id) }
  const common = { id: draft.id, ...groundsOf(draft.grounds), ...papers }
  const head = draft.head ? { headId: draft.head } : {}
  const whole = draft.kind === 'surveyed'
  const person = (kind: string, whole: boolean) => {
    const facts = factsOf(
      personQuestions(),
      forms.person,
      [before.facts, before.answers],
      [typed.facts, typed.answers],
      whole,
    )
    const sealed = factsOf(
      sealedQuestions(),
      forms.sealed,
      [before.sealed, before.sealedAnswers],
      [typed.sealed, typed.sealedAnswers],
      false,
    )
    return { kind, ...(facts && { facts }), ...(sealed && { sealed }) }
  }
  const ofFamily = (whole: boolean) =>
    factsOf(familyQuestions(), forms.family, [before.facts, before.answers], [typed.facts, typed.answers], whole)
  switch (act) {
    case 'born':
    case 'add_member':
      return {
        path: 'members',
        body: { ...common, kind: act === 'born' ? 'born' : draft.kind, person: personOf(forms, typed) },
      }
    case 'death':
      return { path: 'deaths', body: { ...common, personId: draft.person, ...head } }
    case 'leaving':
      return { path: 'leavings', body: { ...common, kind: draft.kind, personId: draft.person, ...head } }
    case 'move': {
      const { kkNumber, address, rt, rw } = changesOf(familyQuestions(), before.facts, typed.facts)
      return {
        path: 'moves',
        body: {
          ...common,
          regionCode: draft.region,
          ...(address !== undefined && { address }),
          ...(rt !== undefined && { rt }),
          ...(rw !== undefined && { rw }),
          ...(typeof kkNumber === 'string' && { kkNumber }),
        },
      }
    }
    case 'split':
      return {
        path: 'splits',
        body: {
          ...common,
          members: draft.members,
          headId: draft.head,
          ...(draft.headHere && { remainingHeadId: draft.headHere }),
          family: {
            ...givenOf(familyQuestions(), typed.facts),
            ...(draft.region && { regionCode: draft.region }),
          },
          ...rolesOf(draft, (id) => draft.members.includes(id) && id !== draft.head),
        },
      }
    case 'join':
      return { path: 'joins', body: { ...common, fromFamilyId: draft.from } }
    case 'head':
      return {
        path: 'head',
        body: { ...common, headId: draft.head, ...rolesOf(draft, (id) => id !== draft.head) },
      }
    case 'payee':
      return { path: 'payee', body: { ...common, payeeId: draft.head || null } }
    case 'family_facts':
      return { path: 'facts', body: { ...common, kind: draft.kind, facts: ofFamily(whole) ?? {} } }
    case 'person_facts':
      return { path: 'person-facts', body: { ...common, personId: draft.person, ...person(draft.kind, whole) } }
    case 'graduate':
    case 'reenter': {
      const { id, grounds, kind, requestedOn } = draft
      const [certifiedBy, disaster] = [draft.certifiedBy.trim(), draft.disaster.trim()]
      const same = { id, effectiveOn: grounds.effectiveOn, reason: grounds.note.trim(), ...papers }
      if (act === 'reenter') return { path: 'reenter', body: { ...same, ...(disaster && { disaster }) } }
      const own = kind === 'graduated_voluntary' && requestedOn
      const forced = kind === 'graduated_forced' && certifiedBy
      return { path: 'graduate', body: { ...same, kind, ...(own && { requestedOn }), ...(forced && { certifiedBy }) } }
    }
    case 'correct': {
      const { effectiveOn, ...rest } = common as Record<string, unknown>
      if (draft.how === 'whole') return { path: 'take-backs', body: { ...rest, changeId: target?.change.changeId } }
      const of = { subjectId: target?.event.subjectId, seq: target?.event.seq }
      if (draft.how === 'back') return { path: 'corrections', body: { ...rest, ...of } }
      const { facts, sealed } =
        target?.event.subject === 'family' ? { facts: ofFamily(false), sealed: undefined } : person('', false)
      return {
        path: 'corrections',
        body: { ...rest, ...of, effectiveOn, ...(facts && { facts }), ...(sealed && { sealed }) },
      }
    }
  }
}

function rolesOf(draft: Draft, wanted: (id: string) => boolean) {
  const relationships = Object.entries(draft.roles).flatMap(([personId, relationship]) =>
    relationship && wanted(personId) ? [{ personId, relationship }] : [],
  )
  return relationships.length > 0 ? { relationships } : {}
}
