import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode, RegionKind } from '#src/regions/schema.ts'

/** What crosses the wire about rounds of handing out. Money in rupiah, days 'YYYY-MM-DD', local times 'YYYY-MM-DDTHH:MM' of the village's zone. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })
const Place = Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict)
const Local = Type.String({
  pattern: '^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]$',
  description: "In the village's own zone",
})
const Version = Type.Integer({ minimum: 1 })

export const roundStates = ['planned', 'invited', 'open', 'closed', 'reconciled', 'cancelled'] as const
export const RoundState = Type.Enum([...roundStates])
export type RoundState = Static<typeof RoundState>
export const ways = ['bank', 'post_office', 'community_point', 'to_the_door'] as const
export const Way = Type.Enum([...ways])
export type Way = Static<typeof Way>
export const entitlementStates = ['open', 'delivered', 'undelivered', 'cancelled'] as const
export const EntitlementState = Type.Enum([...entitlementStates])
export type EntitlementState = Static<typeof EntitlementState>
/** Why nothing was handed over; the last three are never said at the door. */
export const undeliveredReasons = [
  'not_found',
  'moved',
  'dead',
  'double',
  'refused',
  'not_come',
  'no_proof',
  'out_of_stock',
  'other',
  'bank_rejected',
  'list_changed',
  'round_cancelled',
] as const
export const UndeliveredReason = Type.Enum([...undeliveredReasons])
export type UndeliveredReason = Static<typeof UndeliveredReason>

export const Goods = Type.Array(
  Type.Object(
    {
      code: Type.String({ maxLength: 40 }),
      name: Type.String(),
      nameEn: Type.String(),
      unit: Type.String(),
      quantity: Type.Number({ minimum: 0 }),
    },
    strict,
  ),
  { description: 'Of one entitlement' },
)
export type Goods = Static<typeof Goods>

const progress = {
  total: Count,
  delivered: Count,
  undelivered: Count,
  cancelled: Count,
  invited: Type.Integer({ minimum: 0, description: 'Have a voucher' }),
  amount: Amount,
  given: Type.Integer({ minimum: 0, description: 'rupiah handed over' }),
}
export const Progress = Type.Object(progress, strict)
export type Progress = Static<typeof Progress>

const brief = {
  id: Uuid,
  number: Type.String({ description: 'SAL-000012' }),
  name: Type.String(),
  programmeCode: Type.String(),
  programmeName: Type.String(),
  period: Type.String(),
  region: Place,
  way: Way,
  opensOn: Day,
  closesOn: Day,
  state: RoundState,
  work: Nullable(Type.Enum(['preparing', 'inviting'], { description: 'Runs in the background' })),
  ...progress,
}
export const RoundBrief = Type.Object(brief, strict)
export type RoundBrief = Static<typeof RoundBrief>

export const roundSorts = ['running', 'opens', 'closes', 'name'] as const
const roundFilters = {
  state: Type.Optional(RoundState),
  programme: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'Its code' })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: 'A part of its name, or its number' })),
  sort: Type.Optional(
    Type.Enum([...roundSorts], { description: 'running: what goes on first; opens, closes: the latest first' }),
  ),
}
export const RoundsQuery = Type.Object(
  {
    ...roundFilters,
    after: Type.Optional(Type.String({ format: 'uuid', description: 'Goes on where a page ended: its `next`' })),
  },
  strict,
)
export type RoundsQuery = Static<typeof RoundsQuery>
export const RoundsExport = Type.Object(roundFilters, strict)
export const RoundList = Type.Object(
  {
    items: Type.Array(RoundBrief),
    next: Nullable(Uuid),
    programmes: Type.Array(Type.Object({ code: Type.String(), name: Type.String() }, strict), {
      description: 'Those that have a round',
    }),
    mayMake: Type.Boolean(),
  },
  strict,
)
export type RoundList = Static<typeof RoundList>

/** An approved list that still has somebody without a round, in the reader's region. */
export const ListsToHandOut = Type.Array(
  Type.Object(
    {
      id: Uuid,
      number: Type.String(),
      decreeNumber: Nullable(Type.String()),
      programmeCode: Type.String(),
      programmeName: Type.String(),
      period: Type.String(),
      region: Place,
      families: Type.Integer({ minimum: 0, description: 'Entitled in the reader’s region and in no other round' }),
      amount: Amount,
      goods: Goods,
      ways: Type.Array(Way, { description: 'As the programme says' }),
    },
    strict,
  ),
)
export type ListsToHandOut = Static<typeof ListsToHandOut>

export const NewRound = Type.Object(
  {
    id: Type.Optional(Uuid),
    determinationId: Uuid,
    regionCode: Type.Optional(RegionCode),
    name: Type.String({ minLength: 3, maxLength: 120, pattern: '\\S' }),
    way: Way,
    opensOn: Day,
    closesOn: Day,
  },
  {
    ...strict,
    description:
      'regionCode: the region of the list, or a part of it; unless told the smaller of the list’s and one’s own',
  },
)
export type NewRound = Static<typeof NewRound>

export const roundActs = ['schedule', 'invite', 'open', 'close', 'cancel', 'stock', 'print', 'resolve'] as const
export type RoundAct = (typeof roundActs)[number]

export const Round = Type.Object(
  {
    ...brief,
    determination: Type.Object({ id: Uuid, number: Type.String(), decreeNumber: Nullable(Type.String()) }, strict),
    goods: Goods,
    workDone: Type.Integer({ minimum: 0, description: 'How many the background work has done' }),
    stops: Count,
    withoutStop: Type.Integer({ minimum: 0, description: 'Entitlements nobody knows yet where to send' }),
    conflicts: Type.Integer({ minimum: 0, description: 'Open cases of two redemptions of one entitlement' }),
    reasons: Type.Array(Type.Object({ reason: UndeliveredReason, count: Count }, strict)),
    invitedAt: Nullable(Instant),
    openedAt: Nullable(Instant),
    closedAt: Nullable(Instant),
    endNote: Nullable(Type.String()),
    version: Version,
    can: Type.Array(Type.Enum([...roundActs])),
  },
  strict,
)
export type Round = Static<typeof Round>

export const ProgressQuery = Type.Object({ region: Type.Optional(RegionCode) }, strict)
export const RoundProgress = Type.Object(
  {
    region: Place,
    path: Type.Array(Place, { description: 'From the round’s region down to the one shown' }),
    children: Type.Array(
      Type.Object(
        {
          region: Place,
          lat: Nullable(Type.Number()),
          lon: Nullable(Type.Number()),
          pointFrom: Nullable(
            Type.Enum(['region', 'stops', 'handovers'], {
              description: 'Its own point; of a village the middle of its stops, else of where things were handed over',
            }),
          ),
          ...progress,
        },
        strict,
      ),
      { description: 'Regions directly beneath that have somebody on the list, or the village itself' },
    ),
  },
  strict,
)
export type RoundProgress = Static<typeof RoundProgress>

// The schedule --------------------------------------------------------------------------------------------------------

const stopFields = {
  way: Way,
  place: Type.String({ minLength: 2, maxLength: 160, pattern: '\\S' }),
  address: Type.Optional(Nullable(Type.String({ maxLength: 300 }))),
  point: Type.Optional(
    Nullable(
      Type.Object(
        { lat: Type.Number({ minimum: -90, maximum: 90 }), lng: Type.Number({ minimum: -180, maximum: 180 }) },
        strict,
      ),
    ),
  ),
  startsAt: Local,
  endsAt: Local,
  note: Type.Optional(Nullable(Type.String({ maxLength: 500 }))),
  people: Type.Optional(
    Type.Array(Uuid, { maxItems: 20, uniqueItems: true, description: 'Accounts that hand out there' }),
  ),
}
export const NewStop = Type.Object({ id: Type.Optional(Uuid), villageCode: RegionCode, ...stopFields }, strict)
export type NewStop = Static<typeof NewStop>
export const StopChange = Type.Partial(Type.Object({ ...stopFields, cancelled: Type.Boolean() }, strict), strict)
export type StopChange = Static<typeof StopChange>

export const ScheduleAct = Type.Object(
  {
    regionCode: Type.Optional(RegionCode),
    way: Type.Optional(Way),
    place: Type.Optional(
      Type.String({
        minLength: 2,
        maxLength: 120,
        description: '{desa} stands for the name of the village; unless told the office of the village',
      }),
    ),
    startsAt: Local,
    endsAt: Local,
    perDay: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10000,
        description: 'So many villages a day, the next ones a day later; all on one day unless told',
      }),
    ),
  },
  {
    ...strict,
    description:
      'One stop for every village of the region that has none yet, with the pillars of the village in charge',
  },
)
export type ScheduleAct = Static<typeof ScheduleAct>
export const Scheduled = Type.Object({ stops: Count, families: Count }, strict)
export type Scheduled = Static<typeof Scheduled>

export const Stop = Type.Object(
  {
    id: Uuid,
    village: Place,
    timeZone: Type.String(),
    way: Way,
    place: Type.String(),
    address: Nullable(Type.String()),
    point: Nullable(Type.Object({ lat: Type.Number(), lng: Type.Number() }, strict)),
    startsAt: Instant,
    endsAt: Instant,
    startsLocal: Local,
    endsLocal: Local,
    note: Nullable(Type.String()),
    cancelled: Type.Boolean(),
    people: Type.Array(Type.Object({ accountId: Uuid, name: Type.String() }, strict)),
    total: Count,
    delivered: Count,
    undelivered: Count,
    invited: Count,
    version: Version,
  },
  strict,
)
export type Stop = Static<typeof Stop>
const After = Type.Optional(
  Type.String({
    pattern: '^[0-9.]{13}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
    description: 'Goes on where a page ended: its `next`',
  }),
)
const stops = {
  region: Type.Optional(RegionCode),
  sort: Type.Optional(Type.Enum(['village', 'place', 'starts'], { description: 'By village unless told' })),
  order: Type.Optional(Type.Enum(['asc', 'desc'])),
}
export const StopsQuery = Type.Object({ ...stops, after: After }, strict)
export const StopsExport = Type.Object(stops, strict)
export type StopsQuery = Static<typeof StopsQuery>
export const StopList = Type.Object({ items: Type.Array(Stop), next: Nullable(Type.String()) }, strict)
export type StopList = Static<typeof StopList>

export const HandersQuery = Type.Object({ village: RegionCode }, strict)
export const Handers = Type.Array(
  Type.Object(
    { accountId: Uuid, name: Type.String(), role: Type.String(), pillarKind: Nullable(Type.String()) },
    strict,
  ),
)
export type Handers = Static<typeof Handers>

// Who is on it --------------------------------------------------------------------------------------------------------

export const entitlementSorts = ['village', 'name', 'amount', 'settled'] as const
const entitlementFilters = {
  region: Type.Optional(RegionCode),
  stop: Type.Optional(Type.String({ pattern: '^(none|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$' })),
  state: Type.Optional(EntitlementState),
  reason: Type.Optional(UndeliveredReason),
  way: Type.Optional(Way),
  counted: Type.Optional(Type.Literal('yes', { description: 'Those still on the list: not withdrawn, not cancelled' })),
  invited: Type.Optional(Type.Enum(['yes', 'no'], { description: 'Has a voucher, or has none' })),
  held: Type.Optional(Type.Enum(['yes', 'no'], { description: 'yes: nothing is handed over for now' })),
  name: Type.Optional(Type.String({ minLength: 2, maxLength: 60, description: 'Within one district' })),
  sort: Type.Optional(Type.Enum([...entitlementSorts], { description: 'Other than by village within one district' })),
  order: Type.Optional(Type.Enum(['asc', 'desc'])),
}
export const EntitlementsQuery = Type.Object(
  {
    ...entitlementFilters,
    after: Type.Optional(Type.String({ format: 'uuid', description: 'Goes on where a page ended: its `next`' })),
  },
  strict,
)
export const EntitlementsExport = Type.Object(entitlementFilters, strict)
export type EntitlementsQuery = Static<typeof EntitlementsQuery>
export const RoundEntitlement = Type.Object(
  {
    familyId: Uuid,
    determinationId: Uuid,
    village: Type.String(),
    payeeName: Type.String(),
    rt: Nullable(Type.String()),
    rw: Nullable(Type.String()),
    amount: Amount,
    stopId: Nullable(Uuid),
    voucherCode: Nullable(Type.String()),
    state: EntitlementState,
    reason: Nullable(UndeliveredReason),
    tries: Count,
    settledAt: Nullable(Instant),
    onHold: Type.Boolean({ description: 'Nothing is handed over for now: an office is deciding about it' }),
  },
  strict,
)
export type RoundEntitlement = Static<typeof RoundEntitlement>
export const RoundEntitlements = Type.Object(
  {
    items: Type.Array(RoundEntitlement),
    next: Nullable(Type.String()),
    region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
  },
  strict,
)
export type RoundEntitlements = Static<typeof RoundEntitlements>

export const StopMove = Type.Object(
  { stopId: Uuid },
  { ...strict, description: 'Sends one family to another stop of its village' },
)
export const reissueReasons = ['lost', 'damaged', 'wrong', 'other'] as const
export const ReissueAct = Type.Object({ reason: Type.Enum([...reissueReasons]) }, strict)
export type ReissueAct = Static<typeof ReissueAct>
export const Reissued = Type.Object({ code: Type.String(), voucherId: Uuid }, strict)
export const InvitationsQuery = Type.Object(
  {
    part: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 1000, description: 'Two hundred invitations each; the first unless told' }),
    ),
    family: Type.Optional(Uuid),
  },
  strict,
)

export const EndAct = Type.Object({ note: Type.Optional(Type.String({ maxLength: 500 })) }, strict)
export type EndAct = Static<typeof EndAct>
