import { Type, type Static } from 'typebox'
import { eventKinds, sources } from './change.ts'
import {
  Answers,
  Day,
  EventKind,
  familyFields,
  FamilyStatus,
  Instant,
  Maybe,
  Nullable,
  personFields,
  PersonStatus,
  ppks,
  sealedFields,
  Source,
  strict,
  Uuid,
  Work,
} from './schema-fields.ts'

/*
 * What crosses the wire about families and persons. Days 'YYYY-MM-DD', instants ISO 8601 in UTC. Unknown fields are absent in what is
 * sent and in what is answered; NIK and KK are masked in every answer but `Revealed`.
 */

export * from './schema-acts.ts'
export {
  EventKind,
  Source,
  DeskSource,
  FamilyStatus,
  PersonStatus,
  Relationship,
  Work,
  VillageCode,
} from './schema-fields.ts'

/** What a family, or one person of it, is said to receive; `periodTo` null: it still runs. */
const AssistanceSource = Type.Enum([...sources, 'distribution'])
export const Assistance = Type.Object({
  id: Uuid,
  personId: Nullable(Uuid),
  personName: Nullable(Type.String()),
  programmeCode: Type.String(),
  periodFrom: Day,
  periodTo: Nullable(Day),
  source: AssistanceSource,
  sourceRef: Nullable(Type.String()),
  receivedOn: Nullable(Type.String({ format: 'date', description: 'Handed over, as distribution says' })),
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
/** A file handed in with an act, at /register/families/:familyId/evidence/:id. */
export const EvidenceFile = Type.Object({
  id: Uuid,
  familyId: Uuid,
  name: Type.String(),
  mediaType: Type.String(),
  bytes: Type.Integer(),
})
export type EvidenceFile = Static<typeof EvidenceFile>
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
  files: Type.Array(EvidenceFile, { description: 'those of families one has opened' }),
  recordedRole: Type.String(),
  recordedByMe: Type.Boolean(),
  checkedBy: Nullable(Type.String({ description: 'Name, when of an office one works in or supervises' })),
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
