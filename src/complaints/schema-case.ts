import { Type, type Static } from 'typebox'
import { Act, Class, ClockKind, Door, OfficeId, RegionCode, State, Tier, VillageCode } from './schema-codes.ts'
import { Instant, Nullable, strict, Uuid } from './schema-shapes.ts'

/** What offices send and see: a complaint that is filed, the list, the case. */

const Name = Type.String({ minLength: 1, maxLength: 120 })
const Nik = Type.String({ pattern: '^[0-9]{16}$', description: '16 digits, as text' })
const Phone = Type.String({ pattern: '^[+0-9][0-9 ()-]{5,24}$', maxLength: 25 })

/** Somebody a complaint is from or about, as typed. Nothing is required: the wrongly excluded may have no papers. */
export const PersonInput = Type.Object(
  {
    name: Type.Optional(Name),
    nik: Type.Optional(Nik),
    kkNumber: Type.Optional(Nik),
    phone: Type.Optional(Phone),
    email: Type.Optional(Type.String({ format: 'email', maxLength: 200 })),
    sex: Type.Optional(Type.Enum(['female', 'male'])),
    birthDate: Type.Optional(Type.String({ format: 'date' })),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    rt: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' })),
    rw: Type.Optional(Type.String({ pattern: '^[0-9]{1,3}$' })),
    relationship: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'To the person concerned' })),
    registered: Type.Optional(Type.Enum(['yes', 'no', 'unknown'], { description: 'Listed in DTKS/DTSEN' })),
    decile: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
    programmes: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Z0-9_]{2,30}$' }), { maxItems: 20 })),
  },
  strict,
)
export type PersonInput = Static<typeof PersonInput>

export const NewComplaint = Type.Object(
  {
    id: Type.Optional(Type.String({ format: 'uuid', description: 'Made by the client: filing twice files once' })),
    regionCode: VillageCode,
    class: Class,
    matter: Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)?$', maxLength: 60 }),
    programmeCode: Type.Optional(Nullable(Type.String({ pattern: '^[A-Z0-9_]{2,30}$' }))),
    body: Type.String({ minLength: 10, maxLength: 5000 }),
    confidential: Type.Optional(Type.Boolean({ description: 'Only offices that handle it see it' })),
    anonymous: Type.Optional(Type.Boolean({ description: 'The identity is sealed to everybody' })),
    aboutOffice: Type.Optional(
      Type.Boolean({ description: 'About the village office itself: starts one tier higher' }),
    ),
    complainant: Type.Optional(PersonInput),
    concerned: Type.Optional(Type.Array(PersonInput, { maxItems: 10 })),
    joinTo: Type.Optional(
      Type.String({ format: 'uuid', description: 'A case of the similar ones: "saya juga mengalami"' }),
    ),
  },
  strict,
)
export type NewComplaint = Static<typeof NewComplaint>

export const OfficeRef = Type.Object({
  id: OfficeId,
  name: Type.String(),
  tier: Tier,
  regionCode: RegionCode,
  staffed: Type.Optional(Type.Boolean()),
})
export type OfficeRef = Static<typeof OfficeRef>

export const Filed = Type.Object({
  id: Uuid,
  number: Type.String(),
  secret: Type.String({ description: 'Told once; with the number it opens the tracking page' }),
  state: State,
  office: OfficeRef,
  passedOver: Nullable(
    Type.String({ description: 'Name of the lowest office that was passed over: nobody works there' }),
  ),
  respondBy: Nullable(Instant),
  settleBy: Nullable(Instant),
  timeZone: Type.String(),
  warnings: Type.Array(Type.Object({ field: Type.String(), code: Type.String() })),
})
export type Filed = Static<typeof Filed>

export const SimilarCase = Type.Object({
  id: Uuid,
  filedOn: Type.String({ format: 'date' }),
  matter: Type.String(),
  programmeCode: Nullable(Type.String()),
  state: State,
  joinedCount: Type.Integer(),
  score: Type.Number({ minimum: 0, maximum: 1 }),
})
export type SimilarCase = Static<typeof SimilarCase>

// The list ------------------------------------------------------------------------------------------------

export const InboxQuery = Type.Object(
  {
    view: Type.Optional(
      Type.Enum(['office', 'mine', 'unassigned', 'region', 'incoming', 'sent', 'filed', 'to_verify', 'to_decide'], {
        description:
          'office: my office is responsible; mine: assigned to me; incoming: referrals to answer; sent: referred on by my office; filed: by me; region: all I may see; to_verify: answers of colleagues; to_decide: recommendations of colleagues',
      }),
    ),
    status: Type.Optional(Type.Enum(['open', 'done', 'all'])),
    state: Type.Optional(Type.Array(State, { maxItems: 12 })),
    class: Type.Optional(Type.Array(Class, { maxItems: 4 })),
    matter: Type.Optional(Type.String({ pattern: '^[a-z_]+(\\.[a-z_]+)?$', maxLength: 60 })),
    programme: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })),
    door: Type.Optional(Door),
    assignee: Type.Optional(Uuid),
    region: Type.Optional(RegionCode),
    overdue: Type.Optional(Type.Boolean()),
    counted: Type.Optional(
      Type.String({
        pattern:
          '^(state|class|matter|programme|door|open|overdue|answered|satisfied|days|answered_in)(:[A-Za-z0-9_.,-]*)?$',
        maxLength: 120,
        description:
          'What the figures count them as (complaint_facts): a dimension and keys of it, as overdue:village,district; answered_in:2026-11 is a month',
      }),
    ),
    from: Type.Optional(Type.String({ format: 'date' })),
    to: Type.Optional(Type.String({ format: 'date' })),
    q: Type.Optional(Type.String({ maxLength: 200, description: 'Words in texts and names, or a number' })),
    sort: Type.Optional(Type.Enum(['due', 'filed', '-filed', 'changed'])),
    after: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_-]*$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type InboxQuery = Static<typeof InboxQuery>

export const ListItem = Type.Object({
  id: Uuid,
  number: Type.String(),
  summary: Type.String(),
  class: Class,
  matter: Type.String(),
  programmeCode: Nullable(Type.String()),
  state: State,
  door: Door,
  regionCode: RegionCode,
  regionName: Type.String(),
  timeZone: Type.String(),
  office: OfficeRef,
  assignee: Nullable(Type.Object({ id: Uuid, name: Type.String() })),
  filedAt: Instant,
  changedAt: Instant,
  dueAt: Nullable(Instant),
  dueClock: Nullable(ClockKind),
  workingDaysLeft: Nullable(Type.Integer({ description: 'Negative when over' })),
  overdue: Type.Boolean(),
  confidential: Type.Boolean(),
  anonymous: Type.Boolean(),
  joinedCount: Type.Integer(),
  reopened: Type.Integer(),
})
export type ListItem = Static<typeof ListItem>
export const Page = Type.Object({ items: Type.Array(ListItem), next: Nullable(Type.String()) })
export type Page = Static<typeof Page>

/** Counts of work queues, each capped at 1,000 ("999+"). */
export const QueueCounts = Type.Object({
  office: Type.Integer(),
  mine: Type.Integer(),
  unassigned: Type.Integer(),
  incoming: Type.Integer(),
  overdue: Type.Integer(),
  to_verify: Type.Integer({ description: 'Answers of colleagues waiting for a second pair of eyes' }),
  to_decide: Type.Integer({ description: 'Recommendations waiting for the manager or coordinator' }),
})
export type QueueCounts = Static<typeof QueueCounts>

/** Somebody who can be given work in an office. */
export const Colleague = Type.Object({ id: Uuid, name: Type.String(), role: Type.String() })
export type Colleague = Static<typeof Colleague>

// One case ------------------------------------------------------------------------------------------------

/** Somebody on the case; NIK, KK and phone masked. Absent values were not given. */
export const Person = Type.Object({
  seq: Type.Integer(),
  part: Type.Enum(['complainant', 'concerned']),
  name: Nullable(Type.String()),
  nik: Nullable(Type.String({ description: 'Masked: 327505******9001' })),
  kkNumber: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  email: Nullable(Type.String()),
  sex: Nullable(Type.String()),
  birthDate: Nullable(Type.String()),
  address: Nullable(Type.String()),
  rt: Nullable(Type.String()),
  rw: Nullable(Type.String()),
  relationship: Nullable(Type.String()),
  registered: Nullable(Type.String()),
  decile: Nullable(Type.Integer()),
  programmes: Type.Array(Type.String()),
  child: Type.Boolean(),
  warnings: Type.Array(Type.String({ description: 'What the NIK does not agree with' })),
})
export type Person = Static<typeof Person>

export const CaseEvent = Type.Object({
  seq: Type.Integer(),
  at: Instant,
  kind: Type.String(),
  byName: Nullable(Type.String()),
  byRole: Type.String(),
  office: Nullable(OfficeRef),
  toOffice: Nullable(OfficeRef),
  fromState: Nullable(State),
  toState: Nullable(State),
  public: Type.Boolean(),
  body: Nullable(Type.String()),
  data: Type.Record(Type.String(), Type.Unknown()),
})
export type CaseEvent = Static<typeof CaseEvent>

export const Clock = Type.Object({
  kind: ClockKind,
  round: Type.Integer(),
  workingDays: Type.Integer(),
  source: Type.String(),
  startedAt: Instant,
  dueAt: Nullable(Instant),
  stoppedAt: Nullable(Instant),
  stoppedBy: Nullable(Type.String()),
  paused: Type.Boolean(),
  overdue: Type.Boolean(),
  workingDaysLeft: Nullable(Type.Integer()),
  steps: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
    description: 'How it was computed: DueStep of the calendar',
  }),
})
export type Clock = Static<typeof Clock>

export const Referral = Type.Object({
  seq: Type.Integer(),
  kind: Type.Enum(['up', 'sideways', 'down', 'automatic']),
  from: OfficeRef,
  to: OfficeRef,
  reason: Type.String(),
  status: Type.Enum(['offered', 'accepted', 'declined', 'revoked', 'lapsed']),
  offeredAt: Instant,
  answerBy: Nullable(Instant),
  answeredAt: Nullable(Instant),
  answerReason: Nullable(Type.String()),
})
export type Referral = Static<typeof Referral>

export const Recommendation = Type.Object({
  seq: Type.Integer(),
  act: Type.Enum(['answer', 'refer_up', 'refer_sideways', 'reject']),
  toOffice: Nullable(OfficeRef),
  body: Type.String(),
  status: Type.Enum(['proposed', 'approved', 'returned', 'overtaken']),
  byName: Type.String(),
  byMe: Type.Boolean(),
  at: Instant,
  decisionNote: Nullable(Type.String()),
})
export type Recommendation = Static<typeof Recommendation>

export const Attachment = Type.Object({
  id: Uuid,
  name: Type.String(),
  mediaType: Type.String(),
  bytes: Type.Integer(),
  public: Type.Boolean(),
  byRole: Type.String(),
  at: Instant,
})
export type Attachment = Static<typeof Attachment>

export const Letter = Type.Object({
  id: Uuid,
  kind: Type.Enum(['referral', 'answer', 'receipt']),
  number: Type.String(),
  code: Type.String(),
  issuedAt: Instant,
})
export type Letter = Static<typeof Letter>

export const Disposition = Type.Object({
  seq: Type.Integer(),
  office: OfficeRef,
  beganAt: Instant,
  endedAt: Nullable(Instant),
  why: Type.String(),
  reason: Nullable(Type.String()),
  byName: Nullable(Type.String()),
  byRole: Type.String(),
})

/** A case on the officer's screen. `can` lists what the caller may do next, `next` the one sensible act. */
export const Case = Type.Intersect([
  ListItem,
  Type.Object({
    regionPath: Type.String(),
    body: Type.String(),
    aboutOffice: Type.Boolean(),
    passedOver: Nullable(OfficeRef),
    version: Type.Integer(),
    joinedTo: Nullable(Type.Object({ id: Uuid, number: Type.String() })),
    joined: Type.Array(Type.Object({ id: Uuid, number: Type.String(), filedAt: Instant })),
    similar: Type.Array(
      Type.Object({
        id: Uuid,
        number: Type.String(),
        summary: Type.String(),
        state: State,
        score: Type.Number(),
        filedAt: Instant,
      }),
    ),
    satisfied: Nullable(Type.Boolean()),
    lapsesAt: Nullable(Instant),
    people: Type.Array(Person),
    identitySealed: Type.Boolean({
      description: 'The complainant is anonymous, or this office has no part in the case',
    }),
    events: Type.Array(CaseEvent),
    clocks: Type.Array(Clock),
    referrals: Type.Array(Referral),
    dispositions: Type.Array(Disposition),
    recommendations: Type.Array(Recommendation),
    attachments: Type.Array(Attachment),
    letters: Type.Array(Letter),
    offices: Type.Object({
      up: Nullable(OfficeRef),
      sideways: Type.Array(OfficeRef),
      down: Type.Array(OfficeRef),
    }),
    staff: Type.Array(Type.Object({ id: Uuid, name: Type.String(), role: Type.String() })),
    proposals: Type.Array(
      Type.Object({
        id: Uuid,
        number: Type.String(),
        kind: Type.String(),
        state: Type.String(),
        period: Type.String(),
        submittedAt: Instant,
      }),
    ),
    readyAnswer: Nullable(
      Type.String({ description: 'What has become of its proposal or its service, ready to be sent' }),
    ),
    can: Type.Array(Act),
    next: Nullable(Act),
  }),
])
export type Case = Static<typeof Case>

export const Matter = Type.Object({
  code: Type.String(),
  parentCode: Nullable(Type.String()),
  nameId: Type.String(),
  nameEn: Type.String(),
})
export type Matter = Static<typeof Matter>

export const SavedView = Type.Object({
  id: Uuid,
  name: Type.String({ minLength: 1, maxLength: 60 }),
  query: InboxQuery,
})
export type SavedView = Static<typeof SavedView>
