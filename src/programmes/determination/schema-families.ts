import { type Static, Type, type TSchema } from 'typebox'
import { RegionCode, RegionKind } from '#src/regions/schema.ts'
import { ProgrammeCode, Rule, VersionNumber } from '../catalogue/schema.ts'
import { outcomes, reasons } from './schema-list.ts'

/* The families of a list: who, why, beside the former list, suspicions, and what would be if. Money in rupiah, days 'YYYY-MM-DD'. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Count = Type.Integer({ minimum: 0 })
const Uuid = Type.String({ format: 'uuid' })
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })
const Place = Type.Object({ code: RegionCode, name: Type.String(), kind: RegionKind }, strict)
const After = Type.Optional(Type.String({ maxLength: 200, description: 'Goes on where a page ended: its `next`' }))
const Next = Nullable(Type.String())

// Who is on it ---------------------------------------------------------------------------------------------------------------

export const ResultsQuery = Type.Object(
  {
    outcome: Type.Optional(Type.Enum([...outcomes])),
    reason: Type.Optional(Type.Enum([...reasons])),
    condition: Type.Optional(
      Type.String({ maxLength: 60, description: 'Code of a condition that is false, or cannot be told' }),
    ),
    hold: Type.Optional(Type.Enum(['hold', 'keep'], { description: 'What was decided of them by a person' })),
    region: Type.Optional(RegionCode),
    name: Type.Optional(
      Type.String({
        minLength: 2,
        maxLength: 60,
        description: 'Of the head or payee; those in and waiting, within one regency',
      }),
    ),
    sort: Type.Optional(Type.Enum(['place', 'rank', 'amount'])),
    after: After,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type ResultsQuery = Static<typeof ResultsQuery>

const Hold = Type.Object(
  { decision: Type.Enum(['hold', 'keep']), reason: Type.String(), by: Nullable(Type.String()), at: Instant },
  strict,
)

export const suspicions = ['dead', 'moved', 'duplicate', 'decile', 'civil_servant'] as const
export type Suspicion = (typeof suspicions)[number]

/** A family on the list. Names as the annex shows them for those in and waiting; masked for those out. */
export const ResultRow = Type.Object(
  {
    familyId: Uuid,
    region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    headName: Nullable(Type.String()),
    payeeName: Nullable(Type.String()),
    address: Nullable(Type.String()),
    rt: Nullable(Type.String()),
    rw: Nullable(Type.String()),
    nik: Nullable(Type.String({ description: 'Of the payee, masked' })),
    outcome: Type.Enum([...outcomes]),
    reason: Type.Enum([...reasons]),
    sentences: Type.Array(Type.String(), { description: 'Why, in plain words of the reader’s language' }),
    failed: Type.Array(Type.String({ description: 'Codes of conditions that are false' })),
    missing: Type.Array(Type.String({ description: 'Codes of conditions that cannot be told' })),
    rank: Nullable(Type.Integer()),
    amount: Amount,
    persons: Count,
    suspicions: Type.Array(Type.Enum([...suspicions])),
    hold: Nullable(Hold),
  },
  strict,
)
export type ResultRow = Static<typeof ResultRow>
export const Results = Type.Object({ items: Type.Array(ResultRow), next: Next }, strict)
export type Results = Static<typeof Results>

export const ExportQuery = Type.Object(
  {
    outcome: ResultsQuery.properties.outcome,
    reason: ResultsQuery.properties.reason,
    condition: ResultsQuery.properties.condition,
    hold: ResultsQuery.properties.hold,
    region: ResultsQuery.properties.region,
    format: Type.Enum(['csv', 'xlsx']),
  },
  strict,
)
export type ExportQuery = Static<typeof ExportQuery>

export const RegionsQuery = Type.Object({ region: Type.Optional(RegionCode) }, strict)
/** Counts of the regions directly beneath one, by code. */
export const RegionCounts = Type.Object(
  {
    region: Place,
    path: Type.Array(Place, { description: 'From the region of the list down to this one' }),
    children: Type.Array(
      Type.Object(
        {
          region: Place,
          considered: Count,
          in: Count,
          out: Count,
          waiting: Count,
          amount: Amount,
          reasons: Type.Array(Type.Object({ reason: Type.Enum([...reasons]), count: Count }, strict)),
        },
        strict,
      ),
    ),
  },
  strict,
)
export type RegionCounts = Static<typeof RegionCounts>

/** One family's result with the rule's parts; for whoever opened the family. */
export const ResultDetail = Type.Object(
  {
    result: ResultRow,
    /** null for those who are out: their facts are not frozen */
    facts: Nullable(Type.Object({}, { additionalProperties: true })),
    explanation: Nullable(
      Type.Object({}, { additionalProperties: true, description: 'explainRule of src/programmes/rules' }),
    ),
    components: Type.Array(Type.Object({ component: Type.String(), personId: Nullable(Uuid), amount: Amount }, strict)),
  },
  strict,
)
export type ResultDetail = Static<typeof ResultDetail>

// Beside the former list ---------------------------------------------------------------------------------------------------

export const changes = ['entered', 'left', 'stayed', 'changed'] as const
/** Why a family of the former list is not on this one. */
export const leavings = [
  'condition',
  'data_missing',
  'quota',
  'held',
  'entitled',
  'moved',
  'dissolved',
  'graduated',
  'not_found',
  'merged',
  'not_considered',
] as const
export type Leaving = (typeof leavings)[number]

export const Comparison = Type.Object(
  {
    former: Nullable(Type.Object({ id: Uuid, number: Type.String(), period: Type.String() }, strict)),
    stayed: Count,
    entered: Count,
    left: Count,
    changed: Type.Integer({ description: 'Stayed with another amount' }),
    amountBefore: Amount,
    amountNow: Amount,
    leftBy: Type.Array(Type.Object({ why: Type.Enum([...leavings]), count: Count }, strict)),
    leftByCondition: Type.Array(
      Type.Object({ code: Type.String(), name: Type.String(), nameEn: Type.String(), count: Count }, strict),
    ),
  },
  strict,
)
export type Comparison = Static<typeof Comparison>

export const ComparisonQuery = Type.Object(
  {
    change: Type.Enum([...changes]),
    why: Type.Optional(Type.Enum([...leavings], { description: 'Of those who left: why' })),
    condition: Type.Optional(Type.String({ maxLength: 60, description: 'Of those who left by a condition: its code' })),
    region: Type.Optional(RegionCode),
    after: After,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type ComparisonQuery = Static<typeof ComparisonQuery>
export const ComparisonPage = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          familyId: Uuid,
          region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
          headName: Nullable(Type.String()),
          why: Nullable(Type.Enum([...leavings])),
          sentences: Type.Array(Type.String()),
          amountBefore: Nullable(Amount),
          amountNow: Nullable(Amount),
        },
        strict,
      ),
    ),
    next: Next,
  },
  strict,
)
export type ComparisonPage = Static<typeof ComparisonPage>

// Checks before approval -----------------------------------------------------------------------------------------------------

/** inclusion: on the list and perhaps should not be. exclusion: of the lowest decile and not on it. */
export const Checks = Type.Object(
  {
    checkedAt: Nullable(Instant),
    inclusion: Type.Array(
      Type.Object(
        {
          kind: Type.Enum([...suspicions]),
          count: Count,
          open: Type.Integer({ description: 'Neither held nor kept' }),
        },
        strict,
      ),
    ),
    exclusion: Type.Array(Type.Object({ reason: Type.Enum([...reasons]), count: Count }, strict)),
    exclusionTotal: Count,
    held: Count,
    kept: Count,
  },
  strict,
)
export type Checks = Static<typeof Checks>

export const ChecksQuery = Type.Object(
  {
    side: Type.Enum(['inclusion', 'exclusion']),
    kind: Type.Optional(Type.Enum([...suspicions])),
    reason: Type.Optional(Type.Enum([...reasons], { description: 'Of the exclusion: why they are not on it' })),
    region: Type.Optional(RegionCode),
    open: Type.Optional(Type.Boolean({ description: 'Only what was neither held nor kept' })),
    after: After,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  },
  strict,
)
export type ChecksQuery = Static<typeof ChecksQuery>

export const HoldAct = Type.Object(
  { decision: Type.Enum(['hold', 'keep']), reason: Type.String({ minLength: 5, maxLength: 500 }) },
  strict,
)
export type HoldAct = Static<typeof HoldAct>

// What if ------------------------------------------------------------------------------------------------------------------------

/** Against a list there is, or against the version in force: one of the two. */
export const WhatIf = Type.Object(
  {
    determinationId: Type.Optional(Uuid),
    programmeCode: Type.Optional(ProgrammeCode),
    version: Type.Optional(VersionNumber),
    regionCode: Type.Optional(RegionCode),
    asOf: Type.Optional(Day),
    rule: Type.Optional(Rule),
    decileLimit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10 })),
    quota: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 100_000_000 }))),
    reason: Type.String({ minLength: 5, maxLength: 300, description: 'Written into the audit log' }),
    /** whose children are counted; the region of the list unless told */
    region: Type.Optional(RegionCode),
  },
  strict,
)
export type WhatIf = Static<typeof WhatIf>

const tried = {
  before: Count,
  after: Nullable(Count),
  waiting: Nullable(Count),
  entered: Nullable(Count),
  left: Nullable(Count),
  changed: Nullable(Type.Integer({ minimum: 0, description: 'Stay with another amount' })),
  amountBefore: Amount,
  amountAfter: Nullable(Amount),
}
/** Of a region and of those directly beneath it: in as it is and as it would be, entered, left. null: too few to be told, see `hidden`. */
export const WhatIfAnswer = Type.Object(
  {
    ...tried,
    region: Place,
    path: Type.Array(Place, { description: 'From the region that was asked about down to this one' }),
    children: Type.Array(Type.Object({ region: Place, ...tried }, strict)),
    anyFamilies: Type.Boolean({ description: 'Whether any active family lives where the programme runs' }),
    hidden: Type.Boolean({
      description: 'The rule asks about health what it did not: nobody is shown, and small counts are null',
    }),
  },
  strict,
)
export type WhatIfAnswer = Static<typeof WhatIfAnswer>

export const whatIfSides = ['entered', 'left', 'changed', 'in', 'waiting', 'before'] as const
export type WhatIfSide = (typeof whatIfSides)[number]
const behind = {
  ...WhatIf.properties,
  side: Type.Enum([...whatIfSides], { description: 'The figure whose families are asked for' }),
  condition: Type.Optional(
    Type.String({
      maxLength: 60,
      description: 'Code of a condition of what is tried that is false, or cannot be told',
    }),
  ),
}
/** What is tried, and which of its families. */
export const WhatIfFamilies = Type.Object(
  { ...behind, after: After, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })) },
  strict,
)
export type WhatIfFamilies = Static<typeof WhatIfFamilies>
export const WhatIfExport = Type.Object({ ...behind, format: ExportQuery.properties.format }, strict)
export type WhatIfExport = Static<typeof WhatIfExport>

const WhatIfRow = Type.Object(
  {
    familyId: Uuid,
    region: Type.Object({ code: RegionCode, name: Type.String() }, strict),
    headName: Nullable(Type.String({ description: 'Masked' })),
    sentences: Type.Array(Type.String(), { description: 'Why it would stand there' }),
    place: Nullable(Type.Integer({ description: 'By the ranking, of those who are eligible' })),
    amountBefore: Nullable(Amount),
    amountAfter: Nullable(Amount),
  },
  strict,
)
export type WhatIfRow = Static<typeof WhatIfRow>
export const WhatIfPage = Type.Object({ count: Count, items: Type.Array(WhatIfRow), next: Next }, strict)
export type WhatIfPage = Static<typeof WhatIfPage>
