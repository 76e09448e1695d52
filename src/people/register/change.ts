/*
 * What the register keeps of a family and of a person, and what a change to it looks like. The names of the fields are those
 * of the columns in camelCase, of `state` in the *_past tables, and of the patches of events.
 */

export const sources = [
  'village',
  'pillar',
  'citizen',
  'civil_registry',
  'survey',
  'meeting',
  'campaign',
  'disaster',
  'import',
  'linkage',
  'office',
] as const
export type Source = (typeof sources)[number]

export const eventKinds = [
  'registered',
  'surveyed',
  'corrected',
  'born',
  'died',
  'moved_in',
  'moved_out',
  'moved_within',
  'married',
  'divorced',
  'family_split',
  'family_joined',
  'head_changed',
  'payee_changed',
  'nik_changed',
  'kk_changed',
  'pregnant',
  'gave_birth',
  'disability',
  'chronic_illness',
  'ppks',
  'school_entered',
  'school_finished',
  'school_left',
  'work_started',
  'laid_off',
  'income_rose',
  'income_fell',
  'able',
  'decile_set',
  'disaster_loss',
  'not_found',
  'duplicate',
  'merged',
  'graduated_voluntary',
  'graduated_natural',
  'graduated_forced',
  'reentered',
] as const
export type EventKind = (typeof eventKinds)[number]

export type Answers = Readonly<Record<string, unknown>>

/** A family at one time; what is unknown is absent. Dates 'YYYY-MM-DD'. */
export type FamilyState = {
  regionCode: string
  kkNumber?: string
  headId?: string
  payeeId?: string
  address?: string
  rt?: string
  rw?: string
  /** 1 (lowest) to 10 */
  decile?: number
  decileSource?: string
  /** '2026-Q3' */
  decilePeriod?: string
  answers: Answers
  status: 'active' | 'graduated' | 'moved_out' | 'dissolved' | 'merged' | 'not_found'
  checkedOn?: string
}

export type PersonState = {
  familyId?: string
  regionCode: string
  nik?: string
  name: string
  birthDate?: string
  birthPlace?: string
  sex?: 'female' | 'male'
  relationship?:
    | 'head'
    | 'spouse'
    | 'child'
    | 'child_in_law'
    | 'grandchild'
    | 'parent'
    | 'parent_in_law'
    | 'other_relative'
    | 'other'
  motherName?: string
  maritalStatus?: 'single' | 'married' | 'divorced' | 'widowed'
  schooling?: 'none' | 'attending' | 'finished' | 'left'
  schoolLevel?: 'early' | 'primary' | 'junior' | 'senior' | 'higher'
  work?: string
  /** kinds 1 to 26 without 16, 17, 19, 25 */
  ppks: number[]
  answers: Answers
  status: 'active' | 'dead' | 'moved_out' | 'merged' | 'not_found'
  diedOn?: string
  mergedInto?: string
}

export type SealedState = {
  disabilities: ('physical' | 'intellectual' | 'mental' | 'visual' | 'hearing' | 'speech')[]
  pregnant?: boolean
  /** 'YYYY-MM' */
  dueMonth?: string
  chronicIllnesses: string[]
  /** of 16, 17, 19, 25 */
  ppks: number[]
  answers: Answers
}

/** Field → new value; null takes the field away. `answers` is merged question by question. */
export type Patch<State> = { readonly [Field in keyof State]?: State[Field] | null }

type PartOf<Subject extends string, State> = {
  subject: Subject
  subjectId: string
  /** true: the subject does not exist before this event */
  isNew?: boolean
  /** when it differs from the kind of the change */
  kind?: EventKind
  /** number of the event of this subject that this one takes back; a patch beside it is put in its place */
  corrects?: number
  patch?: Patch<State>
}
export type FamilyPart = PartOf<'family', FamilyState>
export type PersonPart = PartOf<'person', PersonState> & { sealed?: Patch<SealedState> }

/** One act that changes one or several families and persons at once: all of it, or nothing. */
export type Change = {
  /** uuid made by whoever asks; the same id again changes nothing and answers the same */
  id: string
  kind: EventKind
  effectiveOn: string
  /** today when absent */
  reportedOn?: string
  source: Source
  /** number of a proposal, complaint, import, campaign */
  sourceRef?: string
  note?: string
  /** files */
  evidence?: string[]
  /** 'needed': it waits, without effect, until somebody else checks it */
  check: 'none' | 'needed'
  parts: readonly (FamilyPart | PersonPart)[]
}
