import { type Static, Type, type TSchema } from 'typebox'
import { RegionCode } from '#src/regions/schema.ts'
import { Definition } from './definition.ts'
import { states } from './machine.ts'

/** What crosses the wire about plans of services: written, tried, published. */

const strict = { additionalProperties: false }
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const Day = Type.String({ format: 'date' })
const Instant = Type.String({ format: 'date-time' })
const State = Type.Enum([...states])
const ProgrammeCode = Type.String({ pattern: '^[A-Z0-9_]{2,30}$' })

/** A plan still being written: of the shape of one, what is missing or empty is told by `faults`. */
export const UnfinishedDefinition = Type.Unsafe<Definition>(unfinished(Definition) as object)
function unfinished(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(unfinished)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !['minLength', 'minItems', 'pattern', '$id'].includes(key) || typeof value === 'object')
      .map(([key, value]) => [key, unfinished(value)]),
  )
}

export const Example = Type.Object(
  {
    name: Type.String({ maxLength: 120 }),
    records: Type.Array(
      Type.Object({ step: Type.String({ maxLength: 40 }), result: Type.String({ maxLength: 40 }) }, strict),
      {
        maxItems: 60,
      },
    ),
    outcome: Type.String({ maxLength: 40 }),
  },
  { ...strict, description: 'An invented case: what is recorded, one after the other, and how it ends' },
)
export type Example = Static<typeof Example>

export const Tried = Type.Object(
  {
    records: Type.Array(
      Type.Object(
        {
          step: Type.String(),
          result: Type.String(),
          day: Type.Integer({ description: 'days after the application, as the plan counts them' }),
          state: State,
          again: Nullable(Type.Integer({ description: 'due again after so many days' })),
          fault: Nullable(Type.String()),
        },
        strict,
      ),
    ),
    state: State,
    days: Type.Integer(),
    left: Type.Array(Type.String(), { description: 'codes of required steps that are not done' }),
    fault: Nullable(Type.String()),
    passes: Type.Boolean(),
  },
  strict,
)
export type Tried = Static<typeof Tried>

const Fault = Type.Object(
  {
    field: Type.String({ description: "Where in the definition: 'steps.2.results.0.code'" }),
    code: Type.String(),
    message: Type.String(),
  },
  strict,
)
export type PlanFault = Static<typeof Fault>

export const PlanCheckBody = Type.Object(
  { definition: UnfinishedDefinition, examples: Type.Array(Example, { maxItems: 20 }) },
  strict,
)
export const PlanCheck = Type.Object({ faults: Type.Array(Fault), tried: Type.Array(Nullable(Tried)) }, strict)
export type PlanCheck = Static<typeof PlanCheck>

const written = {
  validFrom: Day,
  verified: Type.Boolean({ description: 'False: not checked against the text of the rule; told wherever it is shown' }),
  source: Type.String({ minLength: 2, maxLength: 300 }),
  definition: UnfinishedDefinition,
  examples: Type.Array(Example, { maxItems: 20 }),
}
export const PlanBody = Type.Object(
  {
    ...written,
    base: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'madeAt of the draft as it was read; absent: only over one’s own',
      }),
    ),
  },
  strict,
)
export type PlanBody = Static<typeof PlanBody>
export const EndPlan = Type.Object(
  {
    endsOn: Type.String({ format: 'date', description: 'The first day no case is begun by it; today or later' }),
    reason: Type.String({ minLength: 5, maxLength: 300 }),
  },
  strict,
)
export type EndPlan = Static<typeof EndPlan>
export const BeginPlan = Type.Object({ from: Type.Optional(Day) }, strict)

const brief = {
  validFrom: Day,
  verified: Type.Boolean(),
  source: Type.String(),
  madeBy: Nullable(Type.String()),
  publishedBy: Nullable(Type.String()),
  publishedAt: Nullable(Instant),
  inForce: Type.Boolean({ description: 'Cases are begun by it today' }),
  endsOn: Nullable(Type.String({ format: 'date', description: 'Taken back: from this day on no case is begun by it' })),
}
const PlanBrief = Type.Object(brief, strict)
const Place = Type.Object({ code: RegionCode, name: Type.String() }, strict)
const Draft = Type.Object({ validFrom: Day, madeBy: Nullable(Type.String()), madeAt: Instant }, strict)

/** Programmes that are carried out, or could be by their owner, with the plan in force. */
export const PlanCatalogue = Type.Object(
  {
    items: Type.Array(
      Type.Object(
        {
          code: ProgrammeCode,
          name: Type.String(),
          region: Place,
          versions: Type.Integer(),
          inForce: Nullable(PlanBrief),
          draft: Nullable(Draft),
        },
        strict,
      ),
    ),
    without: Type.Array(Type.Object({ code: ProgrammeCode, name: Type.String() }, strict), {
      description: 'Programmes of one’s own that have no plan yet',
    }),
  },
  strict,
)
export type PlanCatalogue = Static<typeof PlanCatalogue>

export const PlanList = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String(),
    region: Place,
    items: Type.Array(PlanBrief, { description: 'The latest first' }),
    draft: Nullable(Draft),
    can: Type.Array(Type.Enum(['draft'])),
  },
  strict,
)
export type PlanList = Static<typeof PlanList>

export const planObstacles = [
  'faults',
  'example_missing',
  'examples_fail',
  'day_past',
  'day_taken',
  'by_another',
] as const
/** One plan, published or a draft, with what it says of its examples and what differs from the one before. */
export const PlanPage = Type.Object(
  {
    code: ProgrammeCode,
    name: Type.String(),
    ...brief,
    state: Type.Enum(['draft', 'published']),
    madeAt: Nullable(Instant),
    definition: UnfinishedDefinition,
    examples: Type.Array(Example),
    faults: Type.Array(Fault),
    tried: Type.Array(Nullable(Tried)),
    ended: Nullable(Type.Object({ by: Nullable(Type.String()), reason: Type.String() }, strict)),
    instead: Nullable(Type.String({ format: 'date', description: 'The plan that counts once this one is taken back' })),
    cases: Type.Integer({ description: 'Open cases begun by it that the reader may see' }),
    before: Nullable(Day),
    differences: Type.Array(
      Type.Object({ field: Type.String(), before: Nullable(Type.String()), after: Nullable(Type.String()) }, strict),
    ),
    can: Type.Array(Type.Enum(['edit', 'drop', 'publish', 'end'])),
    obstacles: Type.Array(Type.Enum([...planObstacles])),
  },
  strict,
)
export type PlanPage = Static<typeof PlanPage>
