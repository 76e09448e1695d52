import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'
import { ShortReason } from '../handover/schema.ts'
import { EntitlementState, Goods, RoundBrief, UndeliveredReason, Way } from '../rounds/schema.ts'
import { SignKind, SignState } from '../signs/schema.ts'

/** What crosses the wire about the reconciliation of a round. Money in rupiah, moments in ISO 8601. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })

export const differenceKinds = [
  'open',
  'missing',
  'without_entitlement',
  'amount',
  'goods',
  'double',
  'double_round',
  'doubtful_time',
  'paid_not_received',
  'paid_again',
  'disputed',
  'stock',
  'stock_below_zero',
] as const
export const DifferenceKind = Type.Enum([...differenceKinds])
export type DifferenceKind = Static<typeof DifferenceKind>
export const DifferenceState = Type.Enum(['open', 'explained', 'gone'])
export type DifferenceState = Static<typeof DifferenceState>

const sums = {
  total: Count,
  delivered: Count,
  undelivered: Count,
  open: Count,
  cancelled: Count,
  planned: Type.Integer({ minimum: 0, description: 'rupiah of those not cancelled' }),
  given: Amount,
}
export const Sums = Type.Object(sums, strict)
export type Sums = Static<typeof Sums>

export const reconciliationActs = ['run', 'explain', 'settle'] as const
export const Reconciliation = Type.Object(
  {
    round: RoundBrief,
    state: Type.Enum(['not_yet', 'queued', 'made', 'settled'], {
      description: 'not_yet: the round is not closed; queued: it is being worked out',
    }),
    madeAt: Nullable(Instant),
    settledAt: Nullable(Instant),
    settledBy: Nullable(Type.String()),
    lateUntil: Nullable(
      Type.String({
        format: 'date-time',
        description:
          'Until then what was done without a line may still come in; settling before it is told so (`early`)',
      }),
    ),
    stale: Type.Boolean({
      description: 'Something came in since; it must be worked out again before it can be settled',
    }),
    listed: Type.Integer({ minimum: 0, description: 'On the approved list, in the region of the round' }),
    heldElsewhere: Type.Integer({ minimum: 0, description: 'Of these in other rounds' }),
    withdrawn: Type.Integer({ minimum: 0, description: 'Of these taken back before this round held them' }),
    missing: Type.Integer({ minimum: 0, description: 'Of these in no round' }),
    all: Nullable(Sums),
    ways: Type.Array(Type.Object({ way: Way, ...sums }, strict)),
    reasons: Type.Array(
      Type.Object(
        { state: Type.Enum(['undelivered', 'cancelled']), reason: UndeliveredReason, count: Count, planned: Amount },
        strict,
      ),
    ),
    differences: Type.Array(Type.Object({ kind: DifferenceKind, open: Count, explained: Count, gone: Count }, strict)),
    can: Type.Array(Type.Enum([...reconciliationActs])),
  },
  { ...strict, description: 'Sums are of the whole round; differences those of one’s own region' },
)
export type Reconciliation = Static<typeof Reconciliation>

export const VillageSumsQuery = Type.Object(
  { after: Type.Optional(RegionCode), region: Type.Optional(RegionCode) },
  strict,
)
export const VillageSums = Type.Object(
  {
    items: Type.Array(Type.Object({ code: RegionCode, name: Type.String(), ...sums }, strict)),
    next: Nullable(Type.String()),
  },
  strict,
)
export type VillageSums = Static<typeof VillageSums>

export const DifferencesQuery = Type.Object(
  {
    kind: Type.Optional(DifferenceKind),
    state: Type.Optional(DifferenceState),
    region: Type.Optional(RegionCode),
    after: Type.Optional(Type.String({ minLength: 3, maxLength: 180, description: 'The `next` of a page' })),
  },
  strict,
)
export type DifferencesQuery = Static<typeof DifferencesQuery>

export const Difference = Type.Object(
  {
    kind: DifferenceKind,
    key: Type.String(),
    village: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    familyId: Nullable(Uuid),
    payeeName: Nullable(Type.String()),
    planned: Nullable(Type.Integer()),
    found: Nullable(Type.Integer()),
    item: Nullable(Type.String({ description: 'Goods it is about' })),
    shortReason: Nullable(ShortReason),
    handoverNote: Nullable(Type.String({ description: 'Of whoever handed over less' })),
    state: DifferenceState,
    reason: Nullable(UndeliveredReason),
    note: Nullable(Type.String()),
    explainedBy: Nullable(Type.String()),
    explainedAt: Nullable(Instant),
    foundAt: Instant,
  },
  strict,
)
export type Difference = Static<typeof Difference>
export const Differences = Type.Object({ items: Type.Array(Difference), next: Nullable(Type.String()) }, strict)
export type Differences = Static<typeof Differences>

export const Behind = Type.Object(
  {
    familyId: Uuid,
    payeeName: Type.String(),
    village: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    timeZone: Type.String(),
    determinationId: Uuid,
    listState: Nullable(
      Type.Enum(['open', 'delivered', 'undelivered', 'cancelled'], { description: 'On the approved list' }),
    ),
    planned: Amount,
    here: Nullable(
      Type.Object(
        {
          state: EntitlementState,
          reason: Nullable(UndeliveredReason),
          held: Type.Boolean({ description: 'Still this round’s to hand out' }),
          amount: Amount,
          given: Nullable(Amount),
          goods: Goods,
          way: Way,
          place: Nullable(Type.String()),
          nik: Nullable(Type.String({ description: 'Masked' })),
          rt: Nullable(Type.String()),
          rw: Nullable(Type.String()),
          voucherCode: Nullable(Type.String()),
          tries: Count,
          settledAt: Nullable(Instant),
        },
        { ...strict, description: 'null: on the list, but not in this round' },
      ),
    ),
    otherRounds: Type.Array(
      Type.Object({ id: Uuid, number: Type.String(), name: Type.String(), state: EntitlementState }, strict),
    ),
    differences: Type.Array(Difference),
    payments: Type.Array(
      Type.Object(
        {
          fileId: Uuid,
          number: Type.String(),
          no: Type.Integer(),
          bank: Nullable(Type.String()),
          masked: Nullable(Type.String()),
          amount: Amount,
          status: Type.Enum(['sent', 'paid', 'failed', 'discarded']),
          reason: Nullable(Type.String()),
          paidOn: Nullable(Type.String({ format: 'date' })),
        },
        strict,
      ),
    ),
    questions: Type.Array(
      Type.Object(
        {
          door: Type.Enum(['message', 'visit']),
          state: Type.Enum(['waiting', 'answered', 'not_met']),
          expected: Amount,
          received: Nullable(Type.Boolean()),
          amount: Nullable(Amount),
          cut: Nullable(Type.Boolean()),
          cutAmount: Nullable(Amount),
          note: Nullable(Type.String()),
          answeredAt: Nullable(Instant),
          disputed: Type.Boolean(),
          complaintId: Nullable(Uuid),
        },
        strict,
      ),
    ),
    signs: Type.Array(Type.Object({ kind: SignKind, key: Type.String(), state: SignState }, strict)),
    recorders: Type.Record(Type.String(), Type.String(), { description: 'Who recorded a handover, by its id' }),
  },
  { ...strict, description: 'What stands behind a row of a round' },
)
export type Behind = Static<typeof Behind>

export const ExplainAct = Type.Object(
  {
    kind: DifferenceKind,
    keys: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 120 }), { minItems: 1, maxItems: 500 })),
    region: Type.Optional(RegionCode),
    reason: Type.Optional(
      Type.Enum(['not_found', 'moved', 'dead', 'double', 'refused', 'not_come', 'no_proof', 'out_of_stock', 'other'], {
        description: 'Of an entitlement that is still open: why it stays undelivered. Required there, and only there',
      }),
    ),
    note: Type.String({ minLength: 5, maxLength: 500, pattern: '\\S' }),
  },
  { ...strict, description: 'Those named by `keys`, or all open ones of the kind in a region' },
)
export type ExplainAct = Static<typeof ExplainAct>
export const SettleAct = Type.Object(
  {
    early: Type.Optional(
      Type.Boolean({
        description: 'Before `lateUntil`: whoever settles answers for it that nothing is still on its way',
      }),
    ),
  },
  strict,
)
export type SettleAct = Static<typeof SettleAct>
export const Explained = Type.Object({ explained: Count, left: Count }, strict)
export type Explained = Static<typeof Explained>
