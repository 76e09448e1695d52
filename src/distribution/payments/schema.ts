import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'

/** What crosses the wire about paying by bank and post. Money in rupiah, moments in ISO 8601, days 'YYYY-MM-DD'. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })
const Note = Type.String({ minLength: 5, maxLength: 500, pattern: '\\S' })

export const accountSources = ['family', 'bank', 'office'] as const
export type AccountSource = (typeof accountSources)[number]
export const NewAccount = Type.Object(
  {
    bank: Type.String({ minLength: 2, maxLength: 40, pattern: '\\S' }),
    number: Type.String({
      pattern: '^[0-9][0-9 .-]{4,24}$',
      description: 'Digits; spaces, dots and dashes are left out',
    }),
    holder: Type.String({ minLength: 2, maxLength: 120, pattern: '\\S' }),
    since: Day,
    source: Type.Enum([...accountSources]),
  },
  { ...strict, description: 'Replaces the account in use; the former one stays on record with its last day' },
)
export type NewAccount = Static<typeof NewAccount>
export const Account = Type.Object(
  {
    id: Uuid,
    bank: Type.String(),
    masked: Type.String({ description: '*********4321' }),
    holder: Type.String(),
    since: Day,
    endedOn: Nullable(Day),
    source: Type.Enum([...accountSources]),
  },
  strict,
)
export type Account = Static<typeof Account>
export const RevealAct = Type.Object({ reason: Type.String({ minLength: 5, maxLength: 300, pattern: '\\S' }) }, strict)
export const Revealed = Type.Object({ number: Type.String() }, strict)

export const payingWays = ['bank', 'post_office'] as const
export const NewPaymentFile = Type.Object(
  {
    way: Type.Enum([...payingWays]),
    bank: Type.Optional(Type.String({ minLength: 2, maxLength: 40, description: 'Only accounts of this bank' })),
  },
  {
    ...strict,
    description: 'Everybody of the round who is paid this way, is still to receive, and is in no running file',
  },
)
export type NewPaymentFile = Static<typeof NewPaymentFile>

export const fileActs = ['download', 'release', 'discard', 'import'] as const
const paymentFile = {
  id: Uuid,
  number: Type.String({ description: 'BYR-000001' }),
  way: Type.Enum([...payingWays]),
  bank: Nullable(Type.String()),
  state: Type.Enum(['made', 'released', 'discarded']),
  rows: Count,
  amount: Amount,
  sha256: Type.String({ description: 'Of the file' }),
  bytes: Count,
  madeBy: Nullable(Type.String()),
  madeAt: Instant,
  releasedBy: Nullable(Type.String()),
  releasedAt: Nullable(Instant),
  discardReason: Nullable(Type.String()),
  paid: Count,
  failed: Count,
  waiting: Type.Integer({ minimum: 0, description: 'No answer of the bank yet' }),
  paidAmount: Amount,
  can: Type.Array(Type.Enum([...fileActs])),
}
export const PaymentFile = Type.Object(paymentFile, strict)
export type PaymentFile = Static<typeof PaymentFile>

export const Payments = Type.Object(
  {
    files: Type.Array(PaymentFile),
    ready: Type.Array(
      Type.Object(
        { way: Type.Enum([...payingWays]), bank: Nullable(Type.String()), rows: Count, amount: Amount },
        strict,
      ),
      { description: 'Who could be put into a file now' },
    ),
    withoutAccount: Type.Integer({ minimum: 0, description: 'Paid by bank, but no account is known' }),
    mayMake: Type.Boolean(),
  },
  strict,
)
export type Payments = Static<typeof Payments>

export const WithoutAccountQuery = Type.Object(
  { after: Type.Optional(Type.String({ pattern: '^[0-9.]{13}_[0-9a-f-]{36}$', description: 'The `next` of a page' })) },
  strict,
)
export const WithoutAccount = Type.Object(
  {
    total: Count,
    items: Type.Array(
      Type.Object({ familyId: Uuid, payeeName: Type.String(), village: Type.String(), amount: Amount }, strict),
    ),
    next: Nullable(Type.String()),
  },
  { ...strict, description: 'Families paid by bank of whom no account is known, fifty at a time' },
)
export type WithoutAccount = Static<typeof WithoutAccount>

/** Why a row of a file that waits is no longer as it would be made now. */
export const changedReasons = [
  'delivered',
  'withdrawn',
  'let_go',
  'dead',
  'on_hold',
  'other_way',
  'other_amount',
  'other_account',
  'in_another_file',
] as const
export const ChangedReason = Type.Enum([...changedReasons])
export type ChangedReason = Static<typeof ChangedReason>
export const Changed = Type.Object(
  {
    count: Count,
    amount: Amount,
    reasons: Type.Array(Type.Object({ reason: ChangedReason, count: Count }, strict)),
  },
  {
    ...strict,
    description: 'Rows of a file that waits which are no longer payable as it says; it is released only without any',
  },
)
export type Changed = Static<typeof Changed>

const status = Type.Enum(['sent', 'paid', 'failed', 'discarded'])
export const PaymentRowsQuery = Type.Object(
  {
    status: Type.Optional(status),
    result: Type.Optional(Type.String({ format: 'uuid', description: 'Rows a result of the bank settled' })),
    changed: Type.Optional(Type.Boolean({ description: 'Of a file that waits: only rows that are no longer payable' })),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000 })),
  },
  strict,
)
export type PaymentRowsQuery = Static<typeof PaymentRowsQuery>
export const PaymentRow = Type.Object(
  {
    no: Type.Integer(),
    familyId: Uuid,
    village: Type.String(),
    holder: Type.String(),
    bank: Nullable(Type.String()),
    masked: Nullable(Type.String()),
    amount: Amount,
    status,
    reason: Nullable(Type.String()),
    paidOn: Nullable(Day),
    bankRef: Nullable(Type.String()),
    changed: Nullable(ChangedReason),
    otherFiles: Type.Array(Type.Object({ id: Uuid, number: Type.String(), status }, strict), {
      description: 'The family is in these too, of the same round, and the bank has paid or not answered yet',
    }),
  },
  strict,
)
export const faultCodes = [
  'unknown_row',
  'wrong_checksum',
  'unknown_status',
  'wrong_amount',
  'wrong_date',
  'contradicts',
  'twice',
  'no_reason',
] as const
export const Fault = Type.Object(
  { line: Type.Integer(), ref: Nullable(Type.String()), code: Type.Enum([...faultCodes]), message: Type.String() },
  strict,
)
export type Fault = Static<typeof Fault>
export const PaymentResult = Type.Object(
  {
    id: Nullable(Uuid),
    dry: Type.Boolean({ description: 'Only tried: nothing was written' }),
    known: Type.Boolean({ description: 'The same file was imported before; nothing happened now' }),
    name: Type.String(),
    rows: Count,
    paid: Count,
    failed: Count,
    repeated: Type.Integer({ minimum: 0, description: 'Known already, the same' }),
    elsewhere: Type.Integer({ minimum: 0, description: 'Paid now, after the family had been put into another file' }),
    faults: Count,
    first: Type.Array(Fault, { description: 'The first hundred rows that could not be taken' }),
    importedAt: Nullable(Instant),
  },
  strict,
)
export type PaymentResult = Static<typeof PaymentResult>
export type PaymentRow = Static<typeof PaymentRow>
export const PaymentFileView = Type.Object(
  {
    ...paymentFile,
    changed: Changed,
    items: Type.Array(PaymentRow),
    next: Nullable(Type.Integer()),
    results: Type.Array(PaymentResult),
  },
  strict,
)
export type PaymentFileView = Static<typeof PaymentFileView>
export const DiscardAct = Type.Object({ reason: Note }, strict)
export type DiscardAct = Static<typeof DiscardAct>
export const ResultQuery = Type.Object({ dry: Type.Optional(Type.Boolean()) }, strict)
export const AccountsOf = Type.Object({ region: RegionCode, items: Type.Array(Account) }, strict)
export type AccountsOf = Static<typeof AccountsOf>
