import { Type, type Static, type TSchema } from 'typebox'

/** What crosses the wire about proposals and village meetings. Instants are ISO 8601 in UTC, days 'YYYY-MM-DD', codes English. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
const Uuid = Type.String({ format: 'uuid' })
const Digits16 = Type.String({ pattern: '^[0-9]{16}$', description: '16 digits, as text' })
const Rt = Type.String({ pattern: '^[0-9]{1,3}$' })
export const Period = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', description: 'A month' })
export const RegionCode = Type.String({
  pattern: '^[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{2}(\\.[0-9]{4})?)?)?$',
  maxLength: 13,
})
const VillageCode = Type.String({ pattern: '^[0-9]{2}\\.[0-9]{2}\\.[0-9]{2}\\.[0-9]{4}$', maxLength: 13 })
const Programme = Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })
const Reason = Type.String({ minLength: 3, maxLength: 2000 })

export const Kind = Type.Enum(['enrol', 'correct', 'remove', 'object'], {
  description:
    'enrol: a family into the register; correct: members or facts; remove: sanggah; object: to an earlier decision',
})
export type Kind = Static<typeof Kind>
export const Removal = Type.Enum(['not_eligible', 'moved', 'dead', 'double', 'not_found'])
export type Removal = Static<typeof Removal>
export const Door = Type.Enum(['citizen', 'officer', 'pillar', 'complaint', 'rights'])
export type Door = Static<typeof Door>
export const State = Type.Enum([
  'submitted',
  'on_agenda',
  'accepted',
  'declined',
  'postponed',
  'field_check',
  'checked',
  'verified',
  'approved',
  'refused',
  'applied',
  'withdrawn',
  'returned',
])
export type State = Static<typeof State>
export const Act = Type.Enum([
  'put_on_agenda',
  'accept',
  'decline',
  'postpone',
  'give_field_check',
  'submit_field_check',
  'verify',
  'approve',
  'refuse',
  'return',
  'complete',
  'amend',
  'withdraw',
  'add_file',
])
export type Act = Static<typeof Act>
export const CheckResult = Type.Enum(['as_proposed', 'differs', 'not_found', 'not_true'])
export type CheckResult = Static<typeof CheckResult>
export const FileWhat = Type.Enum(['identity_card', 'family_card', 'house', 'other', 'field_check'])
export type FileWhat = Static<typeof FileWhat>

const memberFields = {
  name: Type.String({ minLength: 1, maxLength: 120 }),
  nik: Type.Optional(Digits16),
  birthDate: Type.Optional(Day),
  birthPlace: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
  sex: Type.Optional(Type.Enum(['female', 'male'])),
  relationship: Type.Optional(
    Type.Enum([
      'head',
      'spouse',
      'child',
      'child_in_law',
      'grandchild',
      'parent',
      'parent_in_law',
      'other_relative',
      'other',
    ]),
  ),
  motherName: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  maritalStatus: Type.Optional(Type.Enum(['single', 'married', 'divorced', 'widowed'])),
  schooling: Type.Optional(Type.Enum(['none', 'attending', 'finished', 'left'])),
  schoolLevel: Type.Optional(Type.Enum(['early', 'primary', 'junior', 'senior', 'higher'])),
  work: Type.Optional(Type.String({ minLength: 1, maxLength: 80 })),
}
/** Somebody who should be in the register: what is known of them. */
export const Member = Type.Object(memberFields, strict)
export type Member = Static<typeof Member>
export const FamilyFacts = Type.Object(
  {
    kkNumber: Type.Optional(Digits16),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    rt: Type.Optional(Rt),
    rw: Type.Optional(Rt),
  },
  strict,
)
export type FamilyFacts = Static<typeof FamilyFacts>
/** What is wrong about a member of a known family; a field that is left out stays as it is. */
export const Correction = Type.Object(
  { personId: Uuid, ...memberFields, name: Type.Optional(memberFields.name) },
  strict,
)
export type Correction = Static<typeof Correction>

export const ProposerInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 120 }),
    nik: Type.Optional(Digits16),
    phone: Type.Optional(Type.String({ pattern: '^[+0-9][0-9 ()-]{5,24}$', maxLength: 25 })),
    email: Type.Optional(Type.String({ format: 'email', maxLength: 200 })),
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
    relationship: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
  },
  strict,
)

const contentFields = {
  family: Type.Optional(FamilyFacts),
  members: Type.Optional(Type.Array(Member, { maxItems: 20 })),
  corrections: Type.Optional(Type.Array(Correction, { maxItems: 20 })),
}

/** A citizen gives a name and a NIK; officers and pillars propose in their own name unless they name a citizen. */
export const NewProposal = Type.Object(
  {
    id: Type.Optional(
      Type.String({ format: 'uuid', description: 'Made by the client: proposing twice proposes once' }),
    ),
    regionCode: VillageCode,
    kind: Kind,
    removal: Type.Optional(Removal),
    programmeCode: Type.Optional(Nullable(Programme)),
    familyId: Type.Optional(Uuid),
    personId: Type.Optional(Uuid),
    aboutNumber: Type.Optional(Type.String({ maxLength: 40, description: 'Of the decision that is objected to' })),
    reason: Type.String({ minLength: 10, maxLength: 5000 }),
    ...contentFields,
    proposer: Type.Optional(ProposerInput),
  },
  strict,
)
export type NewProposal = Static<typeof NewProposal>

export const Submitted = Type.Object({
  id: Uuid,
  number: Type.String(),
  secret: Type.String({ description: 'Told once; with the number it opens the tracking page' }),
  state: State,
  period: Period,
  cutOff: Type.Integer({ description: 'Day of the month' }),
  /** true: after the cut-off, so it counts for the next month */
  nextMonth: Type.Boolean(),
  warnings: Type.Array(Type.Object({ field: Type.String(), code: Type.String() })),
})
export type Submitted = Static<typeof Submitted>

export const Calendar = Type.Object({
  today: Day,
  period: Type.String({ description: 'The month a proposal of today belongs to' }),
  cutOff: Type.Integer(),
  extraction: Type.Integer(),
  source: Type.String(),
})
export type Calendar = Static<typeof Calendar>

export const ListQuery = Type.Object(
  {
    view: Type.Optional(
      Type.Enum(['todo', 'all', 'mine', 'checks'], { description: 'todo: what my office does next' }),
    ),
    status: Type.Optional(Type.Enum(['open', 'done', 'all'])),
    state: Type.Optional(Type.Array(State, { maxItems: 13 })),
    kind: Type.Optional(Kind),
    door: Type.Optional(Door),
    period: Type.Optional(Period),
    region: Type.Optional(RegionCode),
    programme: Type.Optional(Programme),
    family: Type.Optional(Type.String({ format: 'uuid', description: 'About this family of the register' })),
    q: Type.Optional(Type.String({ maxLength: 120, description: 'A number, or words of a name' })),
    sort: Type.Optional(Type.Enum(['submitted', '-submitted', 'changed'])),
    after: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_-]*$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type ListQuery = Static<typeof ListQuery>

export const ProposalItem = Type.Object({
  id: Uuid,
  number: Type.String(),
  kind: Kind,
  removal: Nullable(Removal),
  state: State,
  door: Door,
  programmeCode: Nullable(Type.String()),
  regionCode: Type.String(),
  regionName: Type.String(),
  timeZone: Type.String(),
  /** the head or whoever comes first; null for those who see no people */
  about: Nullable(Type.String()),
  people: Type.Integer(),
  period: Period,
  submittedAt: Instant,
  changedAt: Instant,
  mine: Type.Boolean(),
})
export type ProposalItem = Static<typeof ProposalItem>
export const ProposalPage = Type.Object({ items: Type.Array(ProposalItem), next: Nullable(Type.String()) })
export type ProposalPage = Static<typeof ProposalPage>

/** Somebody in a proposal; the numbers masked. */
export const ShownMember = Type.Object({
  id: Nullable(Type.String()),
  name: Type.String(),
  nik: Nullable(Type.String()),
  birthDate: Nullable(Type.String()),
  birthPlace: Nullable(Type.String()),
  sex: Nullable(Type.String()),
  relationship: Nullable(Type.String()),
  maritalStatus: Nullable(Type.String()),
  work: Nullable(Type.String()),
  child: Type.Boolean(),
  warnings: Type.Array(Type.String()),
})
export type ShownMember = Static<typeof ShownMember>
export const ShownFamily = Type.Object({
  kkNumber: Nullable(Type.String()),
  address: Nullable(Type.String()),
  rt: Nullable(Type.String()),
  rw: Nullable(Type.String()),
})

export const ProposalEvent = Type.Object({
  seq: Type.Integer(),
  at: Instant,
  kind: Type.String(),
  byName: Nullable(Type.String()),
  byRole: Type.String(),
  office: Nullable(Type.String()),
  fromState: Nullable(State),
  toState: Nullable(State),
  public: Type.Boolean(),
  body: Nullable(Type.String()),
})
export const ProposalFile = Type.Object({
  id: Uuid,
  what: FileWhat,
  name: Type.String(),
  mediaType: Type.String(),
  bytes: Type.Integer(),
  byRole: Type.String(),
  at: Instant,
})
export type ProposalFile = Static<typeof ProposalFile>

export const FieldCheck = Type.Object({
  round: Type.Integer(),
  assignedName: Type.String(),
  assignedToMe: Type.Boolean(),
  assignedAt: Instant,
  dueOn: Nullable(Day),
  note: Nullable(Type.String()),
  submittedAt: Nullable(Instant),
  visitedOn: Nullable(Day),
  result: Nullable(CheckResult),
  finding: Nullable(Type.String()),
})
export type FieldCheck = Static<typeof FieldCheck>

export const Proposal = Type.Intersect([
  ProposalItem,
  Type.Object({
    regionPath: Type.String(),
    reason: Type.String(),
    version: Type.Integer(),
    complaintId: Nullable(Uuid),
    familyId: Nullable(Uuid),
    personId: Nullable(Uuid),
    aboutNumber: Nullable(Type.String()),
    meetingId: Nullable(Uuid),
    family: ShownFamily,
    members: Type.Array(ShownMember),
    corrections: Type.Array(ShownMember),
    /** null: kept from whoever asks */
    proposer: Nullable(
      Type.Object({
        name: Type.String(),
        nik: Nullable(Type.String()),
        phone: Nullable(Type.String()),
        relationship: Nullable(Type.String()),
      }),
    ),
    confidential: Type.Boolean(),
    events: Type.Array(ProposalEvent),
    files: Type.Array(ProposalFile),
    checks: Type.Array(FieldCheck),
    checkers: Type.Array(Type.Object({ id: Uuid, name: Type.String(), kind: Type.String() })),
    can: Type.Array(Act),
    next: Nullable(Act),
  }),
])
export type Proposal = Static<typeof Proposal>

// Acts ----------------------------------------------------------------------------------------------------

const version = Type.Optional(
  Type.Integer({ description: 'The version the caller saw; 409 when it changed meanwhile' }),
)
export const PlainAct = Type.Object({ version }, strict)
export const ReasonAct = Type.Object({ reason: Reason, version }, strict)
export const WordsAct = Type.Object({ body: Type.String({ minLength: 1, maxLength: 5000 }), version }, strict)
export const AgendaAct = Type.Object({ meetingId: Uuid, version }, strict)
export const GiveCheckAct = Type.Object(
  {
    checkerId: Uuid,
    dueOn: Type.Optional(Day),
    note: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
    version,
  },
  strict,
)
export const Found = Type.Object(
  {
    family: Type.Optional(FamilyFacts),
    members: Type.Optional(
      Type.Array(
        Type.Object(
          { id: Type.Optional(Type.String({ format: 'uuid', description: 'As in the proposal' })), ...memberFields },
          strict,
        ),
        { maxItems: 20 },
      ),
    ),
    answers: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[A-Za-z0-9_.-]{1,60}$' }),
        Type.Union([
          Type.String({ maxLength: 500 }),
          Type.Number(),
          Type.Boolean(),
          Type.Array(Type.String({ maxLength: 60 }), { maxItems: 40 }),
        ]),
        { maxProperties: 120 },
      ),
    ),
  },
  strict,
)
export type Found = Static<typeof Found>
export const CheckAct = Type.Object(
  {
    result: CheckResult,
    visitedOn: Day,
    finding: Type.String({ minLength: 3, maxLength: 2000 }),
    found: Type.Optional(Found),
    version,
  },
  strict,
)
export type CheckAct = Static<typeof CheckAct>
/** What a checker needs at the door: who and where, the questions, nothing about who proposed. */
export const CheckForm = Type.Object({
  proposal: Proposal,
  questionnaire: Nullable(
    Type.Object({ name: Type.String(), validFrom: Day, schema: Type.Record(Type.String(), Type.Unknown()) }),
  ),
})
export type CheckForm = Static<typeof CheckForm>
