import { type Static, Type } from 'typebox'
import { ContactKind, ContactSource, EndReason } from '../contacts/schema.ts'
import { Questionnaire } from '../register/schema.ts'

/*
 * What crosses the wire about a person's rights (UU 27/2022). Instants ISO 8601 in UTC, days 'YYYY-MM-DD'.
 */

const strict = { additionalProperties: false }
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
const Number16 = Type.String({ pattern: '^[0-9]{16}$', description: '16 digits, always as text' })
const VillageCode = Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$' })
const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

export const RequestKind = Type.Enum(['access', 'correction'])
export type RequestKind = Static<typeof RequestKind>
export const RequestState = Type.Enum(['received', 'answered', 'refused', 'withdrawn'])
export type RequestState = Static<typeof RequestState>
export const Verification = Type.Enum(['card_seen', 'card_photo', 'card_and_face'])
export type Verification = Static<typeof Verification>
export const RequestEventKind = Type.Enum([
  'filed',
  'verified',
  'answered',
  'refused',
  'withdrawn',
  'overdue',
  'seen',
  'exported',
])

/** `id`: uuid made by the sender; the same again answers the same. */
export const NewDataRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ format: 'uuid' })),
    kind: RequestKind,
    regionCode: VillageCode,
    name: Type.String({ minLength: 1, maxLength: 120 }),
    nik: Number16,
    kkNumber: Type.Optional(Number16),
    birthDate: Type.Optional(Day),
    phone: Type.Optional(Type.String({ maxLength: 25 })),
    wish: Type.Optional(Type.String({ minLength: 10, maxLength: 2000 })),
  },
  strict,
)
export type NewDataRequest = Static<typeof NewDataRequest>

export const FiledRequest = Type.Object(
  { id: Type.String(), number: Type.String(), secret: Type.String(), dueAt: Instant, state: RequestState },
  strict,
)
export type FiledRequest = Static<typeof FiledRequest>

const Event = Type.Object({ at: Instant, kind: RequestEventKind, byRole: Type.String() }, strict)

const common = {
  number: Type.String(),
  kind: RequestKind,
  state: RequestState,
  regionPath: Type.String(),
  timeZone: Type.String(),
  filedAt: Instant,
  dueAt: Instant,
  overdue: Type.Boolean(),
  wish: nullable(Type.String()),
  refusal: nullable(Type.String()),
  proposalNumber: nullable(Type.String()),
  events: Type.Array(Event),
}

/** What the asker sees by number and secret. */
export const TrackedRequest = Type.Object(
  {
    ...common,
    openUntil: nullable(Instant),
    hasCard: Type.Boolean(),
    canSee: Type.Boolean({ description: 'Verified, answered, and still open' }),
    can: Type.Array(Type.Enum(['add_card', 'withdraw', 'see'])),
  },
  strict,
)
export type TrackedRequest = Static<typeof TrackedRequest>

export const DataRequestItem = Type.Object(
  {
    id: Type.String(),
    number: Type.String(),
    kind: RequestKind,
    state: RequestState,
    regionName: Type.String(),
    timeZone: Type.String(),
    filedAt: Instant,
    dueAt: Instant,
    hoursLeft: Type.Integer({ description: 'Full hours of the clock until due; below zero once it has passed' }),
    overdue: Type.Boolean(),
    name: nullable(Type.String({ description: 'Null once the identity has been erased' })),
  },
  strict,
)
export type DataRequestItem = Static<typeof DataRequestItem>

export const DataRequest = Type.Object(
  {
    id: Type.String(),
    ...common,
    version: Type.Integer(),
    name: nullable(Type.String()),
    nik: nullable(Type.String({ description: 'Masked' })),
    birthDate: nullable(Type.String()),
    phone: nullable(Type.String({ description: 'Masked' })),
    hasCard: Type.Boolean(),
    verifiedHow: nullable(Verification),
    verifiedAt: nullable(Instant),
    matches: Type.Array(
      Type.Object(
        {
          personId: Type.String(),
          name: Type.String(),
          birthYear: nullable(Type.Integer()),
          place: Type.String(),
          by: Type.Enum(['nik', 'kk_and_birth_date']),
        },
        strict,
      ),
      { description: 'Persons of the register this may be, by number; the officer says which' },
    ),
    can: Type.Array(Type.Enum(['verify', 'refuse'])),
  },
  strict,
)
export type DataRequest = Static<typeof DataRequest>

/** Field and value as the register has them; the words for fields are the reader's business. */
const Facts = Type.Record(Type.String(), Type.Unknown())
const Held = Type.Object(
  {
    since: Day,
    facts: Facts,
    history: Type.Array(
      Type.Object(
        {
          kind: Type.String(),
          nameId: Type.String(),
          nameEn: Type.String(),
          effectiveOn: Day,
          reportedOn: Day,
          source: Type.String(),
          sourceRef: nullable(Type.String()),
        },
        strict,
      ),
    ),
  },
  strict,
)
export const HeldData = Type.Object(
  {
    asOf: Instant,
    questions: Type.Array(Questionnaire, { description: 'What the answers among the facts answer' }),
    person: nullable(Held),
    sealed: nullable(Facts),
    family: nullable(Held),
    members: Type.Array(Type.Object({ name: Type.String(), relationship: nullable(Type.String()) }, strict)),
    assistance: Type.Array(
      Type.Object({ programme: Type.String(), from: Day, to: nullable(Day), source: Type.String() }, strict),
    ),
    contacts: Type.Array(
      Type.Object(
        {
          kind: ContactKind,
          masked: Type.String(),
          source: ContactSource,
          since: Instant,
          agreed: Type.Boolean({ description: 'Messages may go there' }),
          endedAt: nullable(Instant),
          endReason: nullable(EndReason),
        },
        strict,
      ),
      { description: 'How the family can be reached, and at what occasion that was told; those in use first' },
    ),
    lookedAt: Type.Array(
      Type.Object(
        {
          at: Instant,
          act: Type.Enum(['opened', 'number_seen', 'answered_to_system']),
          office: nullable(Type.String()),
          role: Type.String(),
          work: nullable(Type.String()),
          reason: nullable(Type.String()),
        },
        strict,
      ),
      {
        description:
          'Who opened the family or saw a full number: office and role, never a name of an officer. A system that was answered: the name of its agreement as office, its purpose as reason',
      },
    ),
  },
  strict,
)
export type HeldData = Static<typeof HeldData>

/** What a rule of retention is about; `complaint_identity` is taken by the module of complaints, `ended_contact` by contacts/. */
export const RetentionKey = Type.Enum([
  'request_identity',
  'proposal_identity',
  'opening',
  'left_register',
  'complaint_identity',
  'ended_contact',
])
export type RetentionKey = Static<typeof RetentionKey>

export const RetentionRun = Type.Object(
  {
    id: Type.String(),
    reportedAt: Instant,
    appliesAt: Instant,
    state: Type.Enum(['reported', 'held', 'applied']),
    heldReason: nullable(Type.String()),
    items: Type.Array(
      Type.Object(
        {
          key: RetentionKey,
          months: Type.Integer(),
          before: Instant,
          reported: Type.Integer(),
          applied: nullable(Type.Integer()),
        },
        strict,
      ),
    ),
  },
  strict,
)
export type RetentionRun = Static<typeof RetentionRun>
export const RetentionRule = Type.Object(
  {
    key: RetentionKey,
    validFrom: Day,
    months: nullable(Type.Integer()),
    source: Type.String(),
  },
  strict,
)
