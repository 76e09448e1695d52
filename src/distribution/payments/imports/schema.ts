import { Type, type Static, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'
import { accountSources } from '../schema.ts'

/** What crosses the wire about accounts from a file. Days 'YYYY-MM-DD', moments in ISO 8601. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Instant = Type.String({ format: 'date-time' })
const Day = Type.String({ format: 'date' })

export const accountFaultFields = ['nik', 'kk', 'bank', 'number', 'holder', 'since', 'row'] as const
export type AccountFaultField = (typeof accountFaultFields)[number]
export const accountFaultCodes = [
  'required',
  'lost',
  'letters',
  'length',
  'unclear',
  'impossible',
  'future',
  'unknown',
  'ambiguous',
  'other_family',
  'twice',
  'contradicts',
  'as_number',
  'shared',
] as const
export type AccountFaultCode = (typeof accountFaultCodes)[number]

export const AccountFault = Type.Object(
  {
    line: Type.Integer({ minimum: 1, description: 'As a spreadsheet numbers the row' }),
    field: Type.Enum([...accountFaultFields]),
    code: Type.Enum([...accountFaultCodes]),
    doubt: Type.Boolean({ description: 'The row is taken all the same; somebody should look at it' }),
    message: Type.String(),
  },
  strict,
)
export type AccountFault = Static<typeof AccountFault>

export const accountOutcomes = ['added', 'replaced', 'same', 'older', 'gone'] as const
export const AccountOutcome = Type.Enum([...accountOutcomes], {
  description:
    'added: it had none; replaced: the one until now ended; same: nothing to do; older: one of a later day is in use; gone: the family left the region',
})
export type AccountOutcome = Static<typeof AccountOutcome>

const accountImport = {
  id: Uuid,
  number: Type.String({ description: 'REK-000001' }),
  region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
  name: Type.String({ description: 'Of the file' }),
  source: Type.Enum([...accountSources]),
  since: Type.String({ format: 'date', description: 'Where a row does not say its own day' }),
  state: Type.Enum(['tried', 'taken', 'dropped']),
  rows: Count,
  faulty: Type.Integer({ minimum: 0, description: 'Rows that cannot be taken' }),
  doubtful: Type.Integer({ minimum: 0, description: 'Rows somebody should look at' }),
  outcomes: Type.Object(
    Object.fromEntries(accountOutcomes.map((one) => [one, Count])) as Record<AccountOutcome, typeof Count>,
    {
      ...strict,
      description: 'What the rows would do, or once taken what they did',
    },
  ),
  madeBy: Nullable(Type.String()),
  madeAt: Instant,
  endedBy: Nullable(Type.String()),
  endedAt: Nullable(Instant),
  can: Type.Array(Type.Enum(['take', 'drop'])),
}
export const AccountImport = Type.Object(accountImport, strict)
export type AccountImport = Static<typeof AccountImport>

export const AccountImports = Type.Object(
  {
    items: Type.Array(AccountImport, { description: 'Of the region, the newest first, at most 50' }),
    megabytes: Type.Number(),
    mostRows: Type.Integer(),
  },
  strict,
)
export type AccountImports = Static<typeof AccountImports>

export const AccountImportQuery = Type.Object(
  {
    outcome: Type.Optional(AccountOutcome),
    after: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'A row’s line' })),
    faultsAfter: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000_000, description: 'A fault’s line' })),
  },
  strict,
)
export type AccountImportQuery = Static<typeof AccountImportQuery>

export const AccountImportRow = Type.Object(
  {
    line: Type.Integer(),
    familyId: Uuid,
    familyName: Type.String({ description: 'The payee, or the head' }),
    village: Type.String(),
    bank: Type.String(),
    masked: Nullable(Type.String({ description: '*********4321' })),
    holder: Type.String(),
    since: Day,
    outcome: AccountOutcome,
    now: Nullable(
      Type.Object(
        { bank: Type.String(), masked: Type.String(), holder: Type.String(), since: Day },
        { ...strict, description: 'The account in use, until the file is taken' },
      ),
    ),
  },
  strict,
)
export type AccountImportRow = Static<typeof AccountImportRow>
export const AccountImportView = Type.Object(
  {
    ...accountImport,
    items: Type.Array(AccountImportRow, { description: 'Rows that can be taken, fifty at a time' }),
    next: Nullable(Type.Integer()),
    faults: Type.Array(AccountFault, { description: 'A hundred rows at a time' }),
    nextFaults: Nullable(Type.Integer()),
  },
  strict,
)
export type AccountImportView = Static<typeof AccountImportView>
