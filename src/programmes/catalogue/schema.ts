import { type Static, Type, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'

/** What crosses the wire about programmes of assistance and their versions. Days 'YYYY-MM-DD', money in rupiah. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const Amount = Type.Integer({ minimum: 0, description: 'rupiah' })

export const ProgrammeCode = Type.String({ pattern: '^[A-Z0-9_]{2,30}$', maxLength: 30 })
export const VersionNumber = Type.Integer({ minimum: 1, maximum: 10_000 })

export const owners = ['ministry', 'province', 'regency', 'village'] as const
export const units = ['person', 'family', 'group'] as const
export const kinds = ['cash', 'goods', 'service', 'contribution'] as const
export const periods = ['once', 'month', 'two_months', 'quarter', 'half_year', 'year', 'case'] as const
export const ways = ['bank', 'post_office', 'community_point', 'to_the_door', 'at_service'] as const
export type PeriodKind = (typeof periods)[number]

const Place = Type.Object({ code: RegionCode, name: Type.String() }, strict)

export const Goods = Type.Object(
  {
    code: Type.String({ pattern: '^[a-z0-9_]{2,30}$' }),
    name: Type.String({ minLength: 2, maxLength: 80 }),
    nameEn: Type.String({ minLength: 2, maxLength: 80 }),
    unit: Type.String({ minLength: 1, maxLength: 20, description: 'paket, kg, buah' }),
    quantity: Type.Integer({ minimum: 1, maximum: 100_000 }),
  },
  strict,
)
export type Goods = Static<typeof Goods>

/**
 * Eligibility, amounts, limits and order: the RuleDefinition of src/programmes/rules. What is wrong in it is told by `faults`
 * at its place and not by the schema, so that a half-written rule can be kept as a draft.
 */
export const Rule = Type.Object({}, { additionalProperties: true })

/** What an editor writes; everything else of a version follows. */
const written = {
  validFrom: Day,
  validTo: Nullable(Day),
  name: Type.String({ minLength: 2, maxLength: 80 }),
  fullName: Type.String({ minLength: 2, maxLength: 200 }),
  summary: Nullable(Type.String({ maxLength: 1000 })),
  summaryEn: Nullable(Type.String({ maxLength: 1000 })),
  legalBasis: Nullable(Type.String({ maxLength: 300 })),
  owner: Type.Enum([...owners], { description: 'Whose money and decision it is' }),
  unit: Type.Enum([...units], { description: 'Who is entitled' }),
  kind: Type.Enum([...kinds], { description: 'contribution: paid for them to another (health insurance)' }),
  period: Type.Enum([...periods], { description: 'What one entitlement is for; case: until a service is finished' }),
  rule: Rule,
  goods: Type.Array(Goods, { maxItems: 30 }),
  delivery: Type.Array(Type.Enum([...ways]), { maxItems: 5 }),
  funding: Nullable(Type.String({ maxLength: 120 })),
  verified: Type.Boolean({ description: 'false: not checked against the text of the law; told wherever it is shown' }),
  source: Type.String({ minLength: 2, maxLength: 300, description: 'Where this is from' }),
}

export const ProgrammeVersion = Type.Object(
  {
    programmeCode: ProgrammeCode,
    version: VersionNumber,
    state: Type.Enum(['draft', 'published', 'withdrawn']),
    ...written,
    regions: Type.Array(Place, { description: "Where it runs; '00' the whole nation" }),
    regionsWithout: Type.Array(Place),
    steps: Type.Object({}, { additionalProperties: true, description: 'Of services: src/programmes/services' }),
    madeAt: Instant,
    publishedAt: Nullable(Instant),
  },
  strict,
)
export type ProgrammeVersion = Static<typeof ProgrammeVersion>

/** A programme as everybody may see it. `current` is null when it does not run today. */
export const ProgrammePage = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String(),
    fullName: Type.String(),
    region: Place,
    current: Nullable(ProgrammeVersion),
    coming: Type.Array(Type.Object({ version: VersionNumber, validFrom: Day }, strict)),
  },
  strict,
)
export type ProgrammePage = Static<typeof ProgrammePage>

/** One line of the staff's list of all programmes. */
export const CatalogueItem = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String(),
    fullName: Type.String(),
    region: Place,
    owner: Nullable(Type.Enum([...owners])),
    kind: Nullable(Type.Enum([...kinds])),
    unit: Nullable(Type.Enum([...units])),
    period: Nullable(Type.Enum([...periods])),
    version: Nullable(VersionNumber),
    validFrom: Nullable(Day),
    validTo: Nullable(Day),
    verified: Nullable(Type.Boolean()),
    hasDraft: Type.Boolean(),
    runsToday: Type.Boolean(),
  },
  strict,
)
export type CatalogueItem = Static<typeof CatalogueItem>
export const Catalogue = Type.Object(
  { items: Type.Array(CatalogueItem), mayCreate: Type.Boolean({ description: 'A programme of one’s own region' }) },
  strict,
)
export type Catalogue = Static<typeof Catalogue>

export const VersionBrief = Type.Object(
  {
    version: VersionNumber,
    state: Type.Enum(['draft', 'published', 'withdrawn']),
    validFrom: Day,
    validTo: Nullable(Day),
    inForce: Type.Boolean({ description: 'Counts today' }),
    verified: Type.Boolean(),
    source: Type.String(),
    madeBy: Nullable(Type.String()),
    publishedBy: Nullable(Type.String()),
    publishedAt: Nullable(Instant),
  },
  strict,
)
export const VersionList = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String(),
    region: Place,
    items: Type.Array(VersionBrief, { description: 'The latest version first' }),
    can: Type.Array(Type.Enum(['draft'])),
  },
  strict,
)
export type VersionList = Static<typeof VersionList>

export const expectations = ['in', 'out', 'waiting'] as const
const exampleFields = {
  name: Type.String({ minLength: 2, maxLength: 120 }),
  facts: Type.Object(
    {},
    { additionalProperties: true, description: 'FamilyFacts of src/programmes/rules: an invented family' },
  ),
  asOf: Day,
  expected: Type.Enum([...expectations]),
  // One type of two: in a union null would become 0.
  expectedAmount: Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 0, description: 'rupiah' }),
}
export const Example = Type.Object(exampleFields, strict)
export type Example = Static<typeof Example>

/** An example with what the rule says of it. `outcome` null: the rule could not be asked. */
export const ExampleResult = Type.Object(
  {
    ...exampleFields,
    outcome: Nullable(Type.Enum([...expectations])),
    amount: Nullable(Amount),
    passes: Type.Boolean(),
  },
  strict,
)

export const Fault = Type.Object(
  {
    at: Type.String({ description: "Where in the rule: 'conditions[1].cel'" }),
    from: Type.Integer({ description: 'Offsets of letters in that text' }),
    to: Type.Integer(),
    code: Type.String(),
    message: Type.String(),
  },
  strict,
)

export const versionActs = ['edit', 'drop', 'publish', 'end'] as const
export const obstacles = [
  'rule_faults',
  'examples_fail',
  'example_in_missing',
  'example_out_missing',
  'backdated',
  'by_another',
] as const
/** A version as its editors see it: with examples, faults, and what may be done. */
export const VersionPage = Type.Object(
  {
    version: ProgrammeVersion,
    madeBy: Nullable(Type.String()),
    publishedBy: Nullable(Type.String()),
    examples: Type.Array(ExampleResult),
    faults: Type.Array(Fault),
    can: Type.Array(Type.Enum([...versionActs])),
    obstacles: Type.Array(Type.Enum([...obstacles]), {
      description:
        'What keeps a draft from being published; backdated: a reason must be given; by_another: somebody else publishes',
    }),
  },
  strict,
)
export type VersionPage = Static<typeof VersionPage>

export const NewProgramme = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String({ minLength: 2, maxLength: 80 }),
    fullName: Type.String({ minLength: 2, maxLength: 200 }),
  },
  strict,
)
export type NewProgramme = Static<typeof NewProgramme>

/** Begins the draft of the next version as a copy of one there is: the one in force, else the latest. */
export const BeginDraft = Type.Object({ from: Type.Optional(VersionNumber) }, strict)

export const DraftBody = Type.Object(
  {
    ...written,
    regions: Type.Array(RegionCode, { minItems: 1, maxItems: 600 }),
    regionsWithout: Type.Array(RegionCode, { maxItems: 600 }),
    examples: Type.Array(Example, { maxItems: 60 }),
    base: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'madeAt of the draft as it was read; absent: only over one’s own',
      }),
    ),
  },
  strict,
)
export type DraftBody = Static<typeof DraftBody>

export const PublishAct = Type.Object(
  {
    reason: Type.Optional(
      Type.String({ minLength: 5, maxLength: 300, description: 'Why it holds since a day that is over' }),
    ),
  },
  strict,
)
export const EndAct = Type.Object({ validTo: Day, reason: Type.String({ minLength: 5, maxLength: 300 }) }, strict)

/** What differs between two versions. `field` is a path: 'validFrom', 'rule.conditions.decile.cel'. */
export const VersionDifferences = Type.Object(
  {
    from: VersionNumber,
    to: VersionNumber,
    items: Type.Array(
      Type.Object(
        {
          field: Type.String(),
          before: Nullable(Type.String({ description: 'As text; null: was not there' })),
          after: Nullable(Type.String()),
        },
        strict,
      ),
    ),
  },
  strict,
)
export type VersionDifferences = Static<typeof VersionDifferences>
