import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode, RegionKind, RegionRef } from '#src/regions/schema.ts'
import { BehindRow, Listing } from './schema-behind.ts'

/** What crosses the wire about who comes into the register and leaves it. Months 'YYYY-MM', days 'YYYY-MM-DD'. */

export * from './schema-behind.ts'

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })

export const RegionParams = Type.Object({ regionCode: RegionCode }, strict)
const Place = Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict)

// The state of the register in a region -----------------------------------------------------------------------------

export const Picture = Type.Object(
  {
    region: RegionRef,
    path: Type.Array(RegionRef, { description: 'The regions above that the reader may open, the uppermost first' }),
    families: Type.Array(Type.Object({ status: Type.String(), count: Count }, strict)),
    active: Type.Integer({ minimum: 0, description: 'Families in the register' }),
    persons: Type.Integer({ minimum: 0, description: 'Active persons' }),
    lowest: Type.Integer({ minimum: 0, description: 'Active families of deciles 1 to 4' }),
    deciles: Type.Array(Type.Object({ decile: Nullable(Type.Integer()), count: Count }, strict), {
      description: 'Active families, the lowest decile first; null: not known',
    }),
    ppks: Type.Array(Type.Object({ kind: Type.Integer(), count: Count }, strict), {
      description: 'Active persons by kind, most frequent first; a person can be of several',
    }),
    sealedPpks: Nullable(
      Type.Integer({ description: 'Persons of kinds 16, 17, 19 or 25 together; null beneath a regency' }),
    ),
    children: Type.Array(Type.Object({ region: Place, active: Count, persons: Count, lowest: Count }, strict), {
      description: 'Every region directly beneath, by code; lowest: active families of deciles 1 to 4',
    }),
  },
  strict,
)
export type Picture = Static<typeof Picture>

export const Figure = Type.Object({ n: Nullable(Count), hidden: Type.Boolean() }, strict)
export type Figure = Static<typeof Figure>

export const PublicPicture = Type.Object(
  {
    region: RegionRef,
    asOf: Nullable(Instant),
    smallestShown: Type.Integer({ description: 'Counts above zero and below this are hidden' }),
    active: Figure,
    persons: Figure,
    deciles: Type.Array(Type.Object({ decile: Nullable(Type.Integer()), count: Figure }, strict)),
    ppks: Type.Array(Type.Object({ kind: Type.Integer(), count: Figure }, strict)),
    sealedPpks: Nullable(Figure),
  },
  strict,
)
export type PublicPicture = Static<typeof PublicPicture>

// Who comes and goes ------------------------------------------------------------------------------------------------

export const reasons = [
  'registered',
  'family_split',
  'born',
  'moved_in',
  'moved_within',
  'reentered',
  'found',
  'unmerged',
  'graduated_voluntary',
  'graduated_natural',
  'graduated_forced',
  'graduated',
  'moved_out',
  'died',
  'dissolved',
  'not_found',
  'merged',
  'corrected',
] as const
export const Reason = Type.Enum([...reasons])
export type Reason = Static<typeof Reason>
export const Direction = Type.Enum(['in', 'out'])
export type Direction = Static<typeof Direction>
export const MonthText = Type.String({ pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])$', description: 'YYYY-MM' })

export const MovementQuery = Type.Object({ month: Type.Optional(MonthText) }, strict)

const Reasoned = Type.Array(Type.Object({ reason: Reason, count: Count }, strict))
const Flow = Type.Object({ in: Reasoned, out: Reasoned }, strict)

export const Movement = Type.Object(
  {
    region: RegionRef,
    path: Type.Array(RegionRef),
    month: MonthText,
    families: Flow,
    persons: Flow,
    trend: Type.Array(Type.Object({ month: MonthText, in: Count, out: Count }, strict), {
      description: 'Families, twelve months up to the chosen one',
    }),
    children: Type.Array(Type.Object({ region: Place, in: Count, out: Count, listing: Listing }, strict), {
      description: 'Families of the chosen month',
    }),
    listing: Listing,
  },
  strict,
)
export type Movement = Static<typeof Movement>

export const MovedQuery = Type.Object(
  {
    month: MonthText,
    direction: Direction,
    who: Type.Optional(Type.Enum(['family', 'person'], { description: 'Families unless told' })),
    reason: Type.Optional(Reason),
    after: Type.Optional(Type.String({ maxLength: 200, pattern: '^[A-Za-z0-9_-]*$' })),
  },
  strict,
)
export type MovedQuery = Static<typeof MovedQuery>
export const MovedRows = Type.Object(
  {
    items: Type.Array(
      Type.Object({ ...BehindRow.properties, reason: Reason, effectiveOn: Day, knownAt: Instant }, strict),
    ),
    next: Nullable(Type.String()),
  },
  strict,
)
export type MovedRows = Static<typeof MovedRows>

// Graduation and re-entry -------------------------------------------------------------------------------------------

const Evidence = Type.Optional(Type.Array(Uuid, { maxItems: 10, uniqueItems: true }))
const Words = Type.String({ minLength: 5, maxLength: 1000, pattern: '\\S' })

export const Graduation = Type.Object(
  {
    id: Uuid,
    kind: Type.Enum(['graduated_voluntary', 'graduated_natural', 'graduated_forced']),
    effectiveOn: Day,
    reason: Words,
    requestedOn: Type.Optional(Type.String({ format: 'date', description: 'Own wish: the day of the signed request' })),
    certifiedBy: Type.Optional(
      Type.String({ minLength: 3, maxLength: 200, description: 'Forced: who certified it, and by which paper' }),
    ),
    evidence: Evidence,
  },
  strict,
)
export type Graduation = Static<typeof Graduation>

export const Reentry = Type.Object(
  {
    id: Uuid,
    effectiveOn: Day,
    reason: Words,
    disaster: Type.Optional(
      Type.String({ minLength: 3, maxLength: 60, description: 'After a disaster: its number or name' }),
    ),
    evidence: Evidence,
  },
  strict,
)
export type Reentry = Static<typeof Reentry>

export const Moved = Type.Object(
  { changeId: Uuid, state: Type.Enum(['in_force', 'reported'], { description: 'reported: waits for another person' }) },
  strict,
)
export type Moved = Static<typeof Moved>

// Campaigns ---------------------------------------------------------------------------------------------------------

export const CampaignState = Type.Enum(['draft', 'preparing', 'running', 'closed'])
export type CampaignState = Static<typeof CampaignState>
export const outcomes = ['found', 'not_found', 'moved', 'head_dead', 'refused'] as const
export const Outcome = Type.Enum([...outcomes])
export type Outcome = Static<typeof Outcome>

export const NewCampaign = Type.Object(
  {
    id: Type.Optional(Uuid),
    regionCode: RegionCode,
    name: Type.String({ minLength: 3, maxLength: 120, pattern: '\\S' }),
    reason: Type.String({ minLength: 5, maxLength: 500, pattern: '\\S' }),
    startsOn: Day,
    dueOn: Day,
    withQuestionnaire: Type.Optional(Type.Boolean({ description: 'Ask the questions in force; true unless told' })),
  },
  strict,
)
export type NewCampaign = Static<typeof NewCampaign>

const Done = { total: Count, done: Count }
const brief = {
  id: Uuid,
  name: Type.String(),
  region: Place,
  state: CampaignState,
  startsOn: Day,
  dueOn: Day,
  daysLeft: Type.Integer({ description: 'Days to the due date; below zero when it has passed' }),
  ...Done,
}
export const CampaignBrief = Type.Object(brief, strict)
export type CampaignBrief = Static<typeof CampaignBrief>

export const Campaign = Type.Object(
  {
    ...brief,
    reason: Type.String(),
    questionnaire: Nullable(Type.Object({ name: Type.String(), validFrom: Day }, strict)),
    families: Type.Integer({ minimum: 0, description: 'Active families of the region now' }),
    villages: Type.Array(Type.Object({ code: RegionCode, name: Type.String(), ...Done }, strict)),
    pillars: Type.Array(Type.Object({ accountId: Nullable(Uuid), name: Nullable(Type.String()), ...Done }, strict), {
      description: 'accountId null: given to nobody yet',
    }),
    days: Type.Array(Type.Object({ day: Day, done: Count }, strict)),
    outcomes: Type.Array(Type.Object({ outcome: Outcome, count: Count }, strict)),
    candidates: Type.Array(
      Type.Object(
        {
          accountId: Uuid,
          name: Type.String(),
          kind: Nullable(Type.String()),
          region: Type.String(),
          chosen: Type.Boolean(),
        },
        strict,
      ),
      { description: 'Social pillars with an assignment in the region' },
    ),
    closedAt: Nullable(Instant),
    closeNote: Nullable(Type.String()),
  },
  strict,
)
export type Campaign = Static<typeof Campaign>

export const StartAct = Type.Object(
  {
    pillars: Type.Optional(Type.Array(Uuid, { maxItems: 2000, description: 'Who visits; all candidates unless told' })),
  },
  strict,
)
const RtRw = Type.String({ pattern: '^[0-9]{1,3}$' })
export const GiveAct = Type.Object(
  {
    villageCode: RegionCode,
    rw: Type.Optional(RtRw),
    rt: Type.Optional(RtRw),
    accountId: Nullable(Uuid),
  },
  { ...strict, description: 'Gives the open visits of a village, RW or RT to one pillar; null takes them back' },
)
export type GiveAct = Static<typeof GiveAct>
export const CloseAct = Type.Object({ note: Type.Optional(Type.String({ maxLength: 500 })) }, strict)
export const Given = Type.Object({ count: Count }, strict)

export const PlacesQuery = Type.Object({ village: RegionCode }, strict)
export const CampaignPlaces = Type.Array(
  Type.Object(
    {
      rw: Nullable(Type.String()),
      rt: Nullable(Type.String()),
      ...Done,
      names: Type.Array(Type.String(), { description: 'Who has them' }),
    },
    strict,
  ),
)
export type CampaignPlaces = Static<typeof CampaignPlaces>

export const TasksQuery = Type.Object(
  {
    which: Type.Enum(['all', 'done', 'left', 'gone']),
    village: Type.Optional(RegionCode),
    pillar: Type.Optional(
      Type.String({ pattern: '^(none|[0-9a-f-]{36})$', description: 'Given to this one; none: to nobody' }),
    ),
    outcome: Type.Optional(Outcome),
    day: Type.Optional(Type.String({ format: 'date', description: 'Visited on this day' })),
    after: Type.Optional(Type.String({ maxLength: 80, pattern: '^[0-9.]{13}_[0-9a-f-]{36}$' })),
  },
  { ...strict, description: 'left: not visited yet; gone: not found, moved, head dead or refused' },
)
export type TasksQuery = Static<typeof TasksQuery>
export const CampaignTasks = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          familyId: Uuid,
          head: Nullable(Type.String({ description: 'Masked' })),
          regionName: Type.String(),
          rt: Nullable(Type.String()),
          rw: Nullable(Type.String()),
          pillar: Nullable(Type.String()),
          outcome: Nullable(Outcome),
          doneOn: Nullable(Day),
          waits: Type.Boolean(),
          note: Nullable(Type.String()),
          photos: Type.Array(Uuid),
        },
        strict,
      ),
    ),
    next: Nullable(Type.String()),
  },
  strict,
)
export type CampaignTasks = Static<typeof CampaignTasks>

// The pillar's side -------------------------------------------------------------------------------------------------

export const VisitCampaigns = Type.Array(CampaignBrief)

const visit = {
  familyId: Uuid,
  head: Nullable(Type.String()),
  address: Nullable(Type.String()),
  rt: Nullable(Type.String()),
  rw: Nullable(Type.String()),
  village: Type.String(),
  outcome: Nullable(Outcome),
  doneOn: Nullable(Day),
  waits: Type.Boolean(),
}
export const Visits = Type.Object(
  { campaign: CampaignBrief, items: Type.Array(Type.Object(visit, strict)), more: Type.Boolean() },
  strict,
)
export type Visits = Static<typeof Visits>

export const Visit = Type.Object(
  {
    ...visit,
    members: Count,
    children: Type.Integer({ minimum: 0, description: 'Under 18; only how many' }),
    campaign: CampaignBrief,
    questionnaire: Nullable(
      Type.Object({ name: Type.String(), schema: Type.Record(Type.String(), Type.Unknown()) }, strict),
    ),
    photos: Type.Array(Uuid),
  },
  strict,
)
export type Visit = Static<typeof Visit>

export const VisitReport = Type.Object(
  {
    id: Uuid,
    outcome: Outcome,
    answers: Type.Optional(Type.Record(Type.String({ pattern: '^[a-z][a-zA-Z0-9_]{0,59}$' }), Type.Unknown())),
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  strict,
)
export type VisitReport = Static<typeof VisitReport>
export const Photo = Type.Object({ id: Uuid, name: Type.String(), bytes: Type.Integer() }, strict)
