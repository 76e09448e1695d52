import { Type, type Static, type TSchema } from 'typebox'
import { eventKinds, sources } from './change.ts'

/*
 * What crosses the wire about families and persons. Days 'YYYY-MM-DD', instants ISO 8601 in UTC. Unknown fields are absent in what is
 * sent and in what is answered; NIK and KK are masked in every answer but `Revealed`.
 */

const strict = { additionalProperties: false }
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Maybe = <T extends TSchema>(schema: T) => Type.Optional(schema)
const Number16 = Type.String({ pattern: '^[0-9]{16}$', description: '16 digits, always as text' })
const RtRw = Type.String({ pattern: '^[0-9]{1,3}$' })
export const VillageCode = Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$', maxLength: 13 })
const Answers = Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9_]{0,59}$' }), Type.Unknown(), {
  description: 'By the questionnaire in force; null takes an answer away',
})

export const EventKind = Type.Enum([...eventKinds])
export const Source = Type.Enum([...sources])
/** What somebody at a desk may name as the source; the others belong to the work that records them. */
export const DeskSource = Type.Enum(['village', 'pillar', 'citizen', 'civil_registry', 'survey', 'office'])
export const FamilyStatus = Type.Enum(['active', 'graduated', 'moved_out', 'dissolved', 'merged', 'not_found'])
export const PersonStatus = Type.Enum(['active', 'dead', 'moved_out', 'merged', 'not_found'])
export const Relationship = Type.Enum([
  'head',
  'spouse',
  'child',
  'child_in_law',
  'grandchild',
  'parent',
  'parent_in_law',
  'other_relative',
  'other',
])
export const Work = Type.Enum([
  'complaint',
  'proposal',
  'meeting',
  'field_check',
  'correction',
  'campaign',
  'linkage',
  'rights',
  'service',
  'other',
])

const ppks = Type.Array(Type.Integer({ minimum: 1, maximum: 26 }), { maxItems: 26, uniqueItems: true })
const sealedFields = {
  disabilities: Type.Array(Type.Enum(['physical', 'intellectual', 'mental', 'visual', 'hearing', 'speech']), {
    maxItems: 6,
    uniqueItems: true,
  }),
  pregnant: Type.Boolean(),
  dueMonth: Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', description: "'2027-03'" }),
  chronicIllnesses: Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { maxItems: 10 }),
  ppks,
  answers: Answers,
}
const personFields = {
  nik: Number16,
  name: Type.String({ minLength: 1, maxLength: 120 }),
  birthDate: Day,
  birthPlace: Type.String({ minLength: 1, maxLength: 80 }),
  sex: Type.Enum(['female', 'male']),
  relationship: Relationship,
  motherName: Type.String({ minLength: 1, maxLength: 120 }),
  maritalStatus: Type.Enum(['single', 'married', 'divorced', 'widowed']),
  schooling: Type.Enum(['none', 'attending', 'finished', 'left']),
  schoolLevel: Type.Enum(['early', 'primary', 'junior', 'senior', 'higher']),
  work: Type.String({ minLength: 1, maxLength: 80 }),
  ppks,
  answers: Answers,
}
const familyFields = {
  kkNumber: Number16,
  address: Type.String({ minLength: 1, maxLength: 300 }),
  rt: RtRw,
  rw: RtRw,
  decile: Type.Integer({ minimum: 1, maximum: 10, description: '1 is the lowest' }),
  decileSource: Type.String({ minLength: 1, maxLength: 120 }),
  decilePeriod: Type.String({ minLength: 4, maxLength: 20, description: "'2026-Q3'" }),
  answers: Answers,
  checkedOn: Day,
}

type Fields = Record<string, TSchema>
const optional = <F extends Fields>(fields: F) => Type.Partial(Type.Object(fields), strict)
/** Each field may be given, or null to take it away. Two types in one schema: of a union the first would turn null into false or [0]. */
const patchOf = (fields: Fields) =>
  Type.Object(
    Object.fromEntries(
      Object.entries(fields).map(([name, schema]) => {
        const type = (schema as { type?: unknown }).type
        const orNull =
          typeof type === 'string' ? Type.Unsafe<unknown>({ ...schema, type: [type, 'null'] }) : Nullable(schema)
        return [name, Type.Optional(orNull)]
      }),
    ),
    strict,
  )

/** A person as typed in; kinds 16, 17, 19 and 25 of PPKS go into `sealed`. */
export const PersonInput = Type.Object(
  {
    ...Type.Partial(Type.Object(personFields)).properties,
    id: Maybe(Type.String({ format: 'uuid', description: 'Made by the client' })),
    name: personFields.name,
    sealed: Maybe(optional(sealedFields)),
  },
  strict,
)
export type PersonInput = Static<typeof PersonInput>

/** Of every act: when it holds from, who says so, and on what grounds. */
const grounds = {
  id: Maybe(Type.String({ format: 'uuid', description: 'Made by the client: sending it twice records it once' })),
  effectiveOn: Type.String({ format: 'date', description: 'The day it took effect, not after today' }),
  reportedOn: Maybe(Day),
  source: DeskSource,
  sourceRef: Maybe(Type.String({ minLength: 1, maxLength: 60, description: 'Number of a certificate, a proposal …' })),
  note: Maybe(Type.String({ maxLength: 1000 })),
  evidence: Maybe(Type.Array(Uuid, { maxItems: 10 })),
}
export const Grounds = Type.Object(grounds, strict)
export type Grounds = Static<typeof Grounds>

export const NewFamily = Type.Object(
  {
    ...grounds,
    familyId: Maybe(Uuid),
    regionCode: VillageCode,
    family: optional(familyFields),
    members: Type.Array(PersonInput, {
      minItems: 1,
      maxItems: 30,
      description: 'Exactly one has the relationship "head"',
    }),
    payee: Maybe(Type.Integer({ minimum: 0, maximum: 29, description: 'Place of the payee among the members' })),
  },
  strict,
)
export type NewFamily = Static<typeof NewFamily>

export const NewMember = Type.Object(
  {
    ...grounds,
    kind: Type.Enum(['born', 'moved_in', 'married', 'divorced', 'registered']),
    person: PersonInput,
  },
  strict,
)
export type NewMember = Static<typeof NewMember>

const newHead = Maybe(
  Type.String({ format: 'uuid', description: 'Who becomes head, when the head is the one who goes' }),
)
export const DeathAct = Type.Object({ ...grounds, personId: Uuid, headId: newHead }, strict)
export type DeathAct = Static<typeof DeathAct>
export const LeavingAct = Type.Object(
  { ...grounds, kind: Type.Enum(['moved_out', 'married', 'divorced', 'not_found']), personId: Uuid, headId: newHead },
  strict,
)
export type LeavingAct = Static<typeof LeavingAct>

export const MoveAct = Type.Object(
  {
    ...grounds,
    regionCode: VillageCode,
    address: Maybe(Nullable(familyFields.address)),
    rt: Maybe(Nullable(RtRw)),
    rw: Maybe(Nullable(RtRw)),
    kkNumber: Maybe(Number16),
  },
  strict,
)
export type MoveAct = Static<typeof MoveAct>

const Role = Type.Object({ personId: Uuid, relationship: Relationship }, strict)
const relationships = Maybe(Type.Array(Role, { maxItems: 30, description: 'To the head, where they change' }))
export const SplitAct = Type.Object(
  {
    ...grounds,
    members: Type.Array(Uuid, { minItems: 1, maxItems: 30, uniqueItems: true, description: 'Who goes' }),
    headId: Type.String({ format: 'uuid', description: 'Head of the new family' }),
    remainingHeadId: Maybe(Type.String({ format: 'uuid', description: 'Who becomes head here, when the head goes' })),
    familyId: Maybe(Type.String({ format: 'uuid', description: 'Of the new family' })),
    family: optional({ ...familyFields, regionCode: VillageCode }),
    relationships,
  },
  strict,
)
export type SplitAct = Static<typeof SplitAct>
export const JoinAct = Type.Object(
  {
    ...grounds,
    fromFamilyId: Type.String({ format: 'uuid', description: 'All of its members join this family' }),
    relationships,
  },
  strict,
)
export type JoinAct = Static<typeof JoinAct>
export const HeadAct = Type.Object({ ...grounds, headId: Uuid, relationships }, strict)
export type HeadAct = Static<typeof HeadAct>
export const PayeeAct = Type.Object({ ...grounds, payeeId: Nullable(Uuid) }, strict)
export type PayeeAct = Static<typeof PayeeAct>

/** What is found out about the family as a whole. */
export const FamilyFactsAct = Type.Object(
  {
    ...grounds,
    kind: Type.Enum([
      'surveyed',
      'kk_changed',
      'income_rose',
      'income_fell',
      'able',
      'decile_set',
      'disaster_loss',
      'not_found',
    ]),
    facts: patchOf(familyFields),
  },
  strict,
)
export type FamilyFactsAct = Static<typeof FamilyFactsAct>
export const PersonFactsAct = Type.Object(
  {
    ...grounds,
    personId: Uuid,
    kind: Type.Enum([
      'surveyed',
      'married',
      'divorced',
      'nik_changed',
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
    ]),
    facts: Maybe(patchOf(personFields)),
    sealed: Maybe(patchOf(sealedFields)),
  },
  strict,
)
export type PersonFactsAct = Static<typeof PersonFactsAct>

export const CorrectionAct = Type.Object(
  {
    ...grounds,
    effectiveOn: Maybe(
      Type.String({ format: 'date', description: 'The day of the event that is corrected when absent' }),
    ),
    subjectId: Type.String({ format: 'uuid', description: 'The family itself or one of its people' }),
    seq: Type.Integer({ minimum: 1, description: 'Number of the event' }),
    facts: Maybe(
      Type.Union([patchOf(familyFields), patchOf(personFields)], {
        description: 'What was wrong in it, as it should have been; without facts the event is taken back',
      }),
    ),
    sealed: Maybe(patchOf(sealedFields)),
  },
  strict,
)
export type CorrectionAct = Static<typeof CorrectionAct>
export const TakeBackAct = Type.Object({ ...grounds, effectiveOn: Maybe(Day), changeId: Uuid }, strict)
export type TakeBackAct = Static<typeof TakeBackAct>

export const OpenAct = Type.Object(
  {
    reason: Type.String({ minLength: 5, maxLength: 300 }),
    work: Work,
    workRef: Maybe(Type.String({ minLength: 1, maxLength: 60, description: 'Number of the complaint, proposal …' })),
  },
  strict,
)
export const Opened = Type.Object({ id: Uuid, expiresAt: Instant })

export const RevealAct = Type.Object({ reason: Type.String({ minLength: 5, maxLength: 300 }) }, strict)
export const Revealed = Type.Object({ value: Type.String() })

/** What a family, or one person of it, is said to receive; `periodTo` null: it still runs. */
export const Assistance = Type.Object({
  id: Uuid,
  personId: Nullable(Uuid),
  personName: Nullable(Type.String()),
  programmeCode: Type.String(),
  periodFrom: Day,
  periodTo: Nullable(Day),
  source: Source,
  sourceRef: Nullable(Type.String()),
})
export type Assistance = Static<typeof Assistance>

export const DoubtCode = Type.Enum([
  'nik_date',
  'nik_serial',
  'nik_birth_date',
  'nik_sex',
  'nik_taken',
  'kk_date',
  'kk_serial',
  'kk_taken',
])
/** What became of an act. `reported`: it waits for somebody else to check it. Doubts are to be looked at, nothing was refused for them. */
export const RecordedChange = Type.Object({
  id: Uuid,
  state: Type.Enum(['in_force', 'reported', 'refused']),
  repeated: Type.Boolean(),
  events: Type.Array(Type.Object({ subject: Type.Enum(['family', 'person']), subjectId: Uuid, seq: Type.Integer() })),
  doubts: Type.Array(
    Type.Object({
      subject: Type.Enum(['family', 'person']),
      subjectId: Uuid,
      field: Type.Enum(['nik', 'kkNumber']),
      code: DoubtCode,
    }),
  ),
})

export const SealedFacts = Type.Object({
  ...sealedFields,
  pregnant: Maybe(sealedFields.pregnant),
  dueMonth: Maybe(sealedFields.dueMonth),
})
export const Member = Type.Object({
  id: Uuid,
  ...Type.Partial(Type.Object(personFields)).properties,
  nik: Maybe(Type.String({ description: 'masked: 327505******9001' })),
  name: Type.String(),
  ppks,
  answers: Answers,
  status: PersonStatus,
  diedOn: Maybe(Day),
  child: Type.Boolean({ description: 'under 18 on the day that is looked at' }),
  isHead: Type.Boolean(),
  isPayee: Type.Boolean(),
  since: Type.String({ format: 'date', description: 'What stands here holds since this day' }),
  doubts: Type.Array(DoubtCode),
  sealed: Nullable(SealedFacts),
})
export type Member = Static<typeof Member>

export const RegisterAct = Type.Enum([
  'add_member',
  'death',
  'leaving',
  'move',
  'split',
  'join',
  'head',
  'payee',
  'facts',
  'graduate',
  'reenter',
  'correct',
  'reveal',
])
export type RegisterAct = Static<typeof RegisterAct>

/** A family as it was on a day, as it was believed at a moment (now when absent). */
export const Family = Type.Object({
  id: Uuid,
  on: Day,
  knownAt: Nullable(Instant),
  region: Type.Object({ code: Type.String(), name: Type.String(), pathName: Type.String() }),
  ...Type.Partial(Type.Object(familyFields)).properties,
  kkNumber: Maybe(Type.String({ description: 'masked' })),
  answers: Answers,
  status: FamilyStatus,
  headId: Maybe(Uuid),
  payeeId: Maybe(Uuid),
  since: Day,
  doubts: Type.Array(DoubtCode),
  members: Type.Array(Member),
  version: Type.Integer({ description: 'of the present state' }),
  waiting: Type.Integer({ description: 'changes that wait for a check' }),
  opening: Type.Object({ work: Work, reason: Type.String(), expiresAt: Instant }),
  can: Type.Array(RegisterAct),
})
export type Family = Static<typeof Family>

export const HistoryEvent = Type.Object({
  subject: Type.Enum(['family', 'person']),
  subjectId: Uuid,
  name: Nullable(Type.String({ description: 'of the person, as known now' })),
  seq: Type.Integer(),
  kind: EventKind,
  corrects: Nullable(Type.Integer()),
  takenBack: Type.Boolean(),
  facts: Type.Record(Type.String(), Type.Unknown(), { description: 'field → new value, null took it away' }),
  sealed: Nullable(Type.Record(Type.String(), Type.Unknown())),
})
/** One act in the history of a family, the latest first. */
export const HistoryChange = Type.Object({
  changeId: Uuid,
  kind: EventKind,
  effectiveOn: Day,
  reportedOn: Day,
  recordedAt: Instant,
  knownAt: Nullable(Instant),
  state: Type.Enum(['reported', 'in_force', 'refused']),
  source: Source,
  sourceRef: Nullable(Type.String()),
  note: Nullable(Type.String()),
  evidence: Type.Integer({ description: 'how many files were handed in with it' }),
  recordedRole: Type.String(),
  recordedByMe: Type.Boolean(),
  checkedAt: Nullable(Instant),
  checkReason: Nullable(Type.String()),
  mayCheck: Type.Boolean(),
  events: Type.Array(HistoryEvent),
})
export type HistoryChange = Static<typeof HistoryChange>

export const Moment = {
  on: Maybe(Type.String({ format: 'date', description: 'As it was on this day; today when absent' })),
  knownAt: Maybe(
    Type.String({ format: 'date-time', description: 'As it was believed at this moment; now when absent' }),
  ),
}
export const VillageQuery = Type.Object(
  {
    ...Moment,
    work: Type.Enum(['meeting', 'campaign', 'service', 'correction']),
    after: Maybe(Uuid),
    limit: Maybe(Type.Integer({ minimum: 1, maximum: 500 })),
  },
  strict,
)
export const VillageRow = Type.Object({
  id: Uuid,
  headName: Nullable(Type.String()),
  address: Maybe(Type.String()),
  rt: Maybe(Type.String()),
  rw: Maybe(Type.String()),
  decile: Maybe(Type.Integer()),
  status: FamilyStatus,
  members: Type.Integer(),
  checkedOn: Maybe(Day),
  since: Day,
})
export type VillageRow = Static<typeof VillageRow>
export const VillagePage = Type.Object({ rows: Type.Array(VillageRow), next: Nullable(Uuid) })

/** A change that waits for a check; what it says is shown to whoever opened its families. */
export const WaitingChange = Type.Object({
  changeId: Uuid,
  kind: Nullable(Type.Enum([...eventKinds], { description: 'null: about health, open the family first' })),
  regionCode: Type.String(),
  effectiveOn: Day,
  recordedAt: Instant,
  source: Source,
  familyIds: Type.Array(Uuid),
  mayCheck: Type.Boolean(),
})
export const WaitingPage = Type.Object({ rows: Type.Array(WaitingChange), next: Nullable(Uuid) })
export type WaitingPage = Static<typeof WaitingPage>
export const CheckAct = Type.Object({ accept: Type.Boolean(), reason: Maybe(Type.String({ maxLength: 1000 })) }, strict)

/** A survey form: JSON Schema with `title`, `x-title-en`, and `x-labels` (value → { id, en }) on the questions. */
export const Questionnaire = Type.Object({
  subject: Type.Enum(['family', 'person', 'sealed']),
  validFrom: Day,
  name: Type.String(),
  schema: Type.Record(Type.String(), Type.Unknown()),
  source: Type.String(),
})
export type Questionnaire = Static<typeof Questionnaire>
export const EventKindName = Type.Object({
  code: EventKind,
  subject: Type.Enum(['family', 'person', 'both']),
  sealed: Type.Boolean(),
  name: Type.String({ description: 'in the reader’s language' }),
})
