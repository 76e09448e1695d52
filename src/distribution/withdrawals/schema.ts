import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode, RegionKind } from '#src/regions/schema.ts'
import { EntitlementState } from '../rounds/schema.ts'

/** What crosses the wire about entitlements that are taken back, and families that changed since their list was approved. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Text = (minLength: number, maxLength: number) => Type.String({ minLength, maxLength, pattern: '\\S' })

export const WithdrawalReason = Type.Object(
  {
    code: Type.String(),
    name: Type.String(),
    nameEn: Type.String(),
    needsRef: Type.Boolean({ description: 'The number of a decree, a complaint or minutes has to be told' }),
    confirmedBy: Type.Enum(['region', 'owner'], {
      description: 'Head of a social office from the regency upwards; or of the office that decides the list',
    }),
  },
  strict,
)
export type WithdrawalReason = Static<typeof WithdrawalReason>
export const WithdrawalReasons = Type.Array(WithdrawalReason)

export const withdrawalStates = ['asked', 'confirmed', 'refused', 'retracted', 'overtaken'] as const
export const WithdrawalState = Type.Enum([...withdrawalStates], {
  description: 'overtaken: it was handed over before anybody decided',
})
export type WithdrawalState = Static<typeof WithdrawalState>
export const withdrawalActs = ['confirm', 'refuse', 'retract'] as const
export type WithdrawalAct = (typeof withdrawalActs)[number]

export const Withdrawal = Type.Object(
  {
    id: Uuid,
    determination: Type.Object({ id: Uuid, number: Type.String() }, strict),
    programmeName: Type.String(),
    period: Type.String(),
    familyId: Uuid,
    payeeName: Type.String(),
    village: Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict),
    amount: Type.Integer({ minimum: 0, description: 'rupiah' }),
    reason: Type.Object({ code: Type.String(), name: Type.String(), nameEn: Type.String() }, strict),
    note: Type.String(),
    ref: Nullable(Type.String()),
    state: WithdrawalState,
    askedBy: Nullable(Type.String()),
    askedAt: Instant,
    decidedBy: Nullable(Type.String()),
    decidedAt: Nullable(Instant),
    decideNote: Nullable(Type.String()),
    can: Type.Array(Type.Enum([...withdrawalActs])),
  },
  strict,
)
export type Withdrawal = Static<typeof Withdrawal>

const After = Type.Optional(
  Type.String({
    pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
    description: 'Goes on where a page ended: its `next`',
  }),
)
const filters = {
  round: Type.Optional(Uuid),
  list: Type.Optional(Uuid),
  family: Type.Optional(Uuid),
  state: Type.Optional(WithdrawalState),
  reason: Type.Optional(Type.String({ pattern: '^[a-z_]{3,40}$' })),
  programme: Type.Optional(Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })),
  mine: Type.Optional(Type.Literal('decide', { description: 'Only what waits for the reader’s decision' })),
  sort: Type.Optional(Type.Enum(['newest', 'oldest'])),
}
export const WithdrawalsQuery = Type.Object(
  { ...filters, after: After },
  { ...strict, description: 'Of the reader’s region; the latest first' },
)
export type WithdrawalsQuery = Static<typeof WithdrawalsQuery>
export const WithdrawalsExport = Type.Object(filters, strict)
export type WithdrawalsExport = Static<typeof WithdrawalsExport>
/** How many wait for the reader’s decision. */
export const WithdrawalsWaiting = Type.Object(
  { count: Type.Integer({ minimum: 0, maximum: 1000, description: 'Counted up to 1,000' }) },
  strict,
)
export type WithdrawalsWaiting = Static<typeof WithdrawalsWaiting>
export const Withdrawals = Type.Object({ items: Type.Array(Withdrawal), next: Nullable(Type.String()) }, strict)
export type Withdrawals = Static<typeof Withdrawals>

export const WithdrawalAsked = Type.Object(
  {
    id: Type.Optional(Uuid),
    reason: Type.String({ pattern: '^[a-z_]{3,40}$' }),
    note: Type.Optional(
      Type.String({ maxLength: 1000, description: 'What shows that it is so; unless told what the register found' }),
    ),
    ref: Type.Optional(Text(1, 80)),
  },
  strict,
)
export type WithdrawalAsked = Static<typeof WithdrawalAsked>
export const WithdrawalDecided = Type.Object(
  {
    decision: Type.Enum([...withdrawalActs]),
    note: Type.Optional(Type.String({ maxLength: 500, description: 'Why not, when it is refused' })),
  },
  strict,
)
export type WithdrawalDecided = Static<typeof WithdrawalDecided>

/** What the register found of a family since its list was approved. */
export const changeKinds = ['dead', 'double', 'moved', 'ended', 'not_found'] as const
export const ChangeKind = Type.Enum([...changeKinds])
export type ChangeKind = Static<typeof ChangeKind>

export const ChangedFamily = Type.Object(
  {
    determinationId: Uuid,
    familyId: Uuid,
    payeeName: Type.String(),
    village: Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict),
    kind: ChangeKind,
    since: Type.String({ format: 'date' }),
    state: Type.Enum(['open', 'kept'], { description: 'kept: it is handed over all the same' }),
    onHold: Type.Boolean({ description: 'Nothing is handed over until somebody answers' }),
    note: Nullable(Type.String()),
    entitlement: EntitlementState,
    asked: Type.Boolean({ description: 'Its withdrawal waits for a second person' }),
    reason: Nullable(Type.String({ description: 'The reason of a withdrawal that answers it' })),
  },
  strict,
)
export type ChangedFamily = Static<typeof ChangedFamily>
export const ChangesQuery = Type.Object(
  {
    state: Type.Optional(Type.Enum(['open', 'kept'])),
    kind: Type.Optional(ChangeKind),
    after: Type.Optional(Type.String({ pattern: '^[0-9.]{13}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' })),
  },
  strict,
)
export type ChangesQuery = Static<typeof ChangesQuery>
export const ChangedFamilies = Type.Object({ items: Type.Array(ChangedFamily), next: Nullable(Type.String()) }, strict)
export type ChangedFamilies = Static<typeof ChangedFamilies>
export const KeepAct = Type.Object({ note: Type.Optional(Type.String({ maxLength: 500 })) }, strict)
export type KeepAct = Static<typeof KeepAct>

/** What waits for an answer in a round, within the reader's region. */
export const RoundWaiting = Type.Object(
  {
    changed: Type.Integer({ minimum: 0, description: 'Families changed since, nobody answered yet' }),
    asked: Type.Integer({ minimum: 0, description: 'Withdrawals that wait for a second person' }),
    onHold: Type.Integer({ minimum: 0, description: 'Families nothing is handed over to for now' }),
    withdrawn: Type.Integer({ minimum: 0, description: 'Entitlements taken back' }),
  },
  strict,
)
export type RoundWaiting = Static<typeof RoundWaiting>

/** What became of one entitlement, and what may be done about it. */
export const EntitlementView = Type.Object(
  {
    determination: Type.Object({ id: Uuid, number: Type.String() }, strict),
    programmeName: Type.String(),
    period: Type.String(),
    familyId: Uuid,
    payeeName: Type.String(),
    village: Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict),
    amount: Type.Integer({ minimum: 0, description: 'rupiah' }),
    state: EntitlementState,
    change: Nullable(
      Type.Object(
        {
          kind: ChangeKind,
          since: Type.String({ format: 'date' }),
          reason: Nullable(Type.String({ description: 'The reason of a withdrawal that answers it' })),
        },
        strict,
      ),
    ),
    rounds: Type.Array(Type.Object({ id: Uuid, number: Type.String(), name: Type.String() }, strict)),
    withdrawals: Type.Array(Withdrawal),
    mayAsk: Type.Boolean(),
  },
  strict,
)
export type EntitlementView = Static<typeof EntitlementView>

/** One family on one list. */
export type EntitlementOf = { determinationId: string; familyId: string }
