import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode, RegionKind } from '#src/regions/schema.ts'
import { EntitlementState, Goods, RoundState, UndeliveredReason, Way } from '../rounds/schema.ts'

/** What crosses the wire between whoever hands out and the office. Money in rupiah, moments in ISO 8601. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })

/** Why nothing was handed over, as said at the door. */
export const refusals = [
  'not_found',
  'moved',
  'dead',
  'double',
  'refused',
  'not_come',
  'no_proof',
  'out_of_stock',
  'other',
] as const
export const Refusal = Type.Enum([...refusals])
export type Refusal = Static<typeof Refusal>
/** Why less was handed over than the family is entitled to. */
export const shortReasons = ['out_of_stock', 'damaged', 'declined', 'other'] as const
export const ShortReason = Type.Enum([...shortReasons])
export type ShortReason = Static<typeof ShortReason>
export const relations = [
  'spouse',
  'child',
  'parent',
  'sibling',
  'relative',
  'neighbour',
  'village_officer',
  'other',
] as const
export const Relation = Type.Enum([...relations])
export const proxyReasons = ['sick', 'elderly', 'disabled', 'working', 'away', 'other'] as const
export const ProxyReason = Type.Enum([...proxyReasons])

/** Why the moment a telephone told is not believed. */
export const Doubt = Type.Enum(['clock', 'after_end'], {
  description:
    'clock: before the round was opened, or after the office had it. after_end: after the round was closed or cancelled, the stop cancelled, or whoever recorded it taken off. Kept; counts only where no other record does',
})
export type Doubt = Static<typeof Doubt>

export const StopTask = Type.Object(
  {
    id: Uuid,
    round: Type.Object(
      {
        id: Uuid,
        number: Type.String(),
        name: Type.String(),
        programmeCode: Type.String(),
        state: RoundState,
        opensOn: Type.String({ format: 'date' }),
        closesOn: Type.String({ format: 'date' }),
      },
      strict,
    ),
    village: Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict),
    timeZone: Type.String(),
    way: Way,
    place: Type.String(),
    address: Nullable(Type.String()),
    point: Nullable(Type.Object({ lat: Type.Number(), lng: Type.Number() }, strict)),
    startsAt: Instant,
    endsAt: Instant,
    note: Nullable(Type.String()),
    goods: Goods,
    total: Count,
    delivered: Count,
    undelivered: Count,
  },
  strict,
)
export type StopTask = Static<typeof StopTask>

/** One family at a stop: what is needed to hand over, and nothing else of it. */
export const Receiver = Type.Object(
  {
    familyId: Uuid,
    payeeName: Type.String(),
    nikMasked: Nullable(Type.String()),
    address: Nullable(Type.String()),
    rt: Nullable(Type.String()),
    rw: Nullable(Type.String()),
    persons: Count,
    amount: Amount,
    goods: Goods,
    voucherId: Nullable(Uuid),
    code: Nullable(Type.String()),
    state: EntitlementState,
    reason: Nullable(UndeliveredReason),
    tries: Count,
    redeemedAt: Nullable(Instant),
    onHold: Type.Boolean({ description: 'Nothing is handed over for now: an office is deciding about it' }),
    former: Type.Array(Type.Object({ id: Uuid, code: Type.String() }, strict), {
      description: 'Vouchers that are worth nothing since somebody else receives for the family',
    }),
    hasContact: Type.Boolean({ description: 'It can be reached; where not, a number may be asked for' }),
  },
  strict,
)
export type Receiver = Static<typeof Receiver>

export const StopWork = Type.Object(
  {
    stop: StopTask,
    at: Instant,
    people: Type.Array(Receiver, { description: 'Empty unless the round is invited or open' }),
    more: Type.Boolean({ description: 'The list is longer than what is given: look for the others by code or name' }),
    keepUntil: Type.String({ format: 'date-time', description: 'A telephone keeps this list no longer' }),
    proxyProof: Type.Boolean({ description: 'Who receives for somebody else is proved by a photo' }),
  },
  strict,
)
export type StopWork = Static<typeof StopWork>

const Token = Type.String({ minLength: 1, maxLength: 5000, description: 'What the picture holds' })
const Code = Type.String({ minLength: 1, maxLength: 60, description: 'The short code, as it is typed' })
export const LookAct = Type.Object(
  {
    token: Type.Optional(Token),
    code: Type.Optional(Code),
    name: Type.Optional(
      Type.String({ minLength: 2, maxLength: 60, pattern: '\\S', description: 'Within the list of the stop' }),
    ),
  },
  { ...strict, description: 'Exactly one of the three' },
)
export type LookAct = Static<typeof LookAct>
export const Looked = Type.Object({ people: Type.Array(Receiver) }, strict)
export type Looked = Static<typeof Looked>

/** Points of a signature over all its strokes; a name takes some hundred. */
export const SIGNATURE_POINTS = 2000
export const Signature = Type.Object(
  {
    width: Type.Integer({ minimum: 50, maximum: 2000 }),
    height: Type.Integer({ minimum: 50, maximum: 2000 }),
    strokes: Type.Array(Type.Array(Type.Integer({ minimum: 0, maximum: 2000 }), { minItems: 2, maxItems: 2000 }), {
      minItems: 1,
      maxItems: 200,
      description: `Each: x and y in turn. Of all strokes together no more than ${SIGNATURE_POINTS} points`,
    }),
  },
  strict,
)
export type Signature = Static<typeof Signature>

export const NewRedemption = Type.Object(
  {
    id: Type.String({ format: 'uuid', description: 'Made by the device: sent twice, it is kept once' }),
    stopId: Uuid,
    token: Type.Optional(Token),
    code: Type.Optional(Code),
    familyId: Type.Optional(Uuid),
    outcome: Type.Enum(['received', 'refused']),
    reason: Type.Optional(Refusal),
    note: Type.Optional(Type.String({ maxLength: 500 })),
    receivedBy: Type.Optional(Type.Enum(['self', 'proxy'])),
    proxy: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 2, maxLength: 120, pattern: '\\S' }),
          relation: Relation,
          reason: ProxyReason,
        },
        strict,
      ),
    ),
    amount: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'rupiah; all of it unless told. Less, also of goods, needs `shortReason`',
      }),
    ),
    goods: Type.Optional(
      Type.Array(
        Type.Object({ code: Type.String({ maxLength: 40 }), quantity: Type.Integer({ minimum: 0 }) }, strict),
        { maxItems: 50, description: 'All of it unless told' },
      ),
    ),
    shortReason: Type.Optional(ShortReason),
    proof: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2_800_000,
        pattern: '^[A-Za-z0-9+/]+={0,2}$',
        description:
          'Photo of the proxy’s identity card, base64. Without it a proxy is refused from the day `handing_over_proxy_proof` says',
      }),
    ),
    contact: Type.Optional(
      Type.Object(
        {
          number: Type.String({ minLength: 1, maxLength: 60, description: 'Of WhatsApp, as it is typed' }),
          agreed: Type.Boolean({ description: 'The family agrees to be written to' }),
        },
        {
          ...strict,
          description: 'Given by whoever received, if they like; whatever is wrong with it, the record is taken',
        },
      ),
    ),
    happenedAt: Type.String({
      format: 'date-time',
      description: 'By the clock of the telephone. Of a record with a line the office’s clock is taken',
    }),
    deviceId: Type.String({ minLength: 1, maxLength: 60, pattern: '^[A-Za-z0-9_-]+$' }),
    point: Type.Optional(
      Type.Object(
        {
          lat: Type.Number({ minimum: -90, maximum: 90 }),
          lng: Type.Number({ minimum: -180, maximum: 180 }),
          accuracy: Type.Number({ minimum: 0, maximum: 1_000_000 }),
        },
        strict,
      ),
    ),
    offline: Type.Boolean({
      description: 'It has happened already, without a line: it is kept whatever was redeemed meanwhile',
    }),
    signature: Type.Optional(Signature),
  },
  {
    ...strict,
    description: 'The family by exactly one of token, code and familyId (somebody on the list of the stop)',
  },
)
export type NewRedemption = Static<typeof NewRedemption>

export const Redeemed = Type.Object(
  {
    id: Uuid,
    familyId: Uuid,
    payeeName: Type.String(),
    state: EntitlementState,
    standing: Type.Enum(['counts', 'double', 'void', 'attempt']),
    conflict: Type.Boolean({
      description: 'Another redemption of the same voucher is known; a supervisor has been told',
    }),
    doubt: Nullable(Doubt),
    repeated: Type.Boolean({ description: 'It was known already; nothing happened now' }),
    contact: Nullable(
      Type.Enum(['kept', 'known', 'unreadable'], {
        description: 'Of the number that came along. known: the family has one already; unreadable: it is no number',
      }),
    ),
  },
  strict,
)
export type Redeemed = Static<typeof Redeemed>

export const fileKinds = ['photo', 'signature', 'proof'] as const
export const FileKind = Type.Enum([...fileKinds])
export type FileKind = Static<typeof FileKind>
export const KeptFile = Type.Object({ kind: FileKind, bytes: Type.Integer() }, strict)

// At the office -------------------------------------------------------------------------------------------------------

export const RedemptionView = Type.Object(
  {
    id: Uuid,
    outcome: Type.Enum(['received', 'refused']),
    reason: Nullable(UndeliveredReason),
    standing: Type.Enum(['counts', 'double', 'void', 'attempt']),
    receivedBy: Nullable(Type.Enum(['self', 'proxy'])),
    proxy: Nullable(Type.Object({ name: Type.String(), relation: Relation, reason: Nullable(ProxyReason) }, strict)),
    note: Nullable(Type.String()),
    shortReason: Nullable(ShortReason),
    amount: Amount,
    goods: Type.Array(Type.Object({ code: Type.String(), quantity: Type.Number() }, strict)),
    happenedAt: Instant,
    toldAt: Type.String({ format: 'date-time', description: 'As the telephone said' }),
    recordedAt: Instant,
    doubt: Nullable(Doubt),
    otherRound: Nullable(
      Type.Object(
        { id: Uuid, number: Type.String() },
        { ...strict, description: 'Where it is another of the same list' },
      ),
    ),
    offline: Type.Boolean(),
    place: Nullable(Type.String()),
    by: Nullable(Type.String()),
    point: Nullable(Type.Object({ lat: Type.Number(), lng: Type.Number(), accuracy: Nullable(Type.Number()) }, strict)),
    files: Type.Array(FileKind),
  },
  strict,
)
export type RedemptionView = Static<typeof RedemptionView>

export const Delivery = Type.Object(
  {
    familyId: Uuid,
    payeeName: Type.String(),
    village: Type.String(),
    timeZone: Type.String(),
    state: EntitlementState,
    reason: Nullable(UndeliveredReason),
    amount: Amount,
    redemptions: Type.Array(RedemptionView),
  },
  strict,
)
export type Delivery = Static<typeof Delivery>

export const resolutions = ['received_twice', 'mistake', 'fraud'] as const
export const Resolution = Type.Enum([...resolutions])
export const Conflict = Type.Object(
  {
    id: Uuid,
    case: Type.Enum(['open', 'resolved']),
    openedAt: Instant,
    resolution: Nullable(Resolution),
    note: Nullable(Type.String()),
    resolvedAt: Nullable(Instant),
    ...Delivery.properties,
  },
  strict,
)
export type Conflict = Static<typeof Conflict>
export const Conflicts = Type.Array(Conflict)
export const ResolveAct = Type.Object(
  {
    resolution: Resolution,
    countedId: Type.String({ format: 'uuid', description: 'The redemption that counts' }),
    note: Type.String({ minLength: 5, maxLength: 1000, pattern: '\\S' }),
  },
  { ...strict, description: 'mistake: the others did not happen, and what they took from the stock goes back' },
)
export type ResolveAct = Static<typeof ResolveAct>
