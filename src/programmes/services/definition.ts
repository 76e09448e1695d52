import { Type, type Static } from 'typebox'

/*
 * What a service consists of, as data (`service_plan.definition`). Phases in their order: application, assessment, plan, steps, outcome.
 * Days are calendar days, unless a plan counts working days of the place. Names in both languages stand in the data, as in questionnaires.
 * What cannot be said by a schema is said by faults.ts.
 */

const strict = { additionalProperties: false }
const Code = Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' })
const named = {
  code: Code,
  name: Type.String({ minLength: 2, maxLength: 80 }),
  nameEn: Type.String({ minLength: 2, maxLength: 80 }),
}

export const phases = ['application', 'assessment', 'plan', 'steps', 'outcome'] as const
export const Phase = Type.Enum([...phases])
export type Phase = Static<typeof Phase>

export const stepKinds = ['visit', 'session', 'measuring', 'fitting', 'hearing', 'training', 'other'] as const
export const StepKind = Type.Enum([...stepKinds])
export type StepKind = Static<typeof StepKind>

export const StepResult = Type.Object(
  {
    ...named,
    met: Type.Boolean({ description: 'The step is done; otherwise it was tried, and is due again' }),
    again: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, description: 'Days until it is due again' })),
  },
  strict,
)
export type StepResult = Static<typeof StepResult>

const Topic = Type.Object(named, strict)

const Name = Type.String({ pattern: '^[a-zA-Z][a-zA-Z0-9_]{0,39}$' })
const Value = Type.String({ pattern: '^[a-z0-9][a-z0-9_]{0,39}$' })
const Values = Type.Array(Value, { minItems: 1, maxItems: 40 })
const Title = Type.String({ minLength: 2, maxLength: 120 })
/** One question of a form: the part of JSON Schema that pages can ask. */
export const FormProperty = Type.Object(
  {
    type: Type.Enum(['string', 'integer', 'number', 'boolean', 'array']),
    title: Title,
    'x-title-en': Title,
    'x-order': Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
    enum: Type.Optional(Values),
    items: Type.Optional(Type.Object({ type: Type.Enum(['string']), enum: Values }, strict)),
    'x-labels': Type.Optional(Type.Record(Value, Type.Object({ id: Title, en: Title }, strict))),
    minimum: Type.Optional(Type.Number({ minimum: -1e9, maximum: 1e9 })),
    maximum: Type.Optional(Type.Number({ minimum: -1e9, maximum: 1e9 })),
    maxLength: Type.Optional(Type.Integer({ minimum: 1, maximum: 2000 })),
    maxItems: Type.Optional(Type.Integer({ minimum: 1, maximum: 40 })),
    uniqueItems: Type.Optional(Type.Boolean()),
    format: Type.Optional(Type.Enum(['date'])),
  },
  strict,
)
export type FormProperty = Static<typeof FormProperty>
const Form = Type.Object(
  {
    type: Type.Enum(['object']),
    additionalProperties: Type.Boolean(),
    required: Type.Optional(Type.Array(Name, { maxItems: 60 })),
    properties: Type.Record(Name, FormProperty, { maxProperties: 60 }),
  },
  { ...strict, description: 'JSON Schema, as questionnaires' },
)

export const PlanStep = Type.Object(
  {
    ...named,
    phase: Phase,
    kind: StepKind,
    form: Type.Optional(Form),
    results: Type.Optional(Type.Array(StepResult, { minItems: 1, maxItems: 8 })),
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1825,
        description: 'Days after the phase began (application, assessment, plan)',
      }),
    ),
    every: Type.Optional(Type.Integer({ minimum: 1, maximum: 365, description: 'Days between one time and the next' })),
    times: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 24, description: 'How often; with `every` alone: until the case ends' }),
    ),
    required: Type.Boolean(),
    who: Type.Array(Type.Enum(['officer', 'pillar']), { minItems: 1, maxItems: 2 }),
    group: Type.Optional(Type.Boolean({ description: 'Attendance of the members is taken' })),
    topics: Type.Optional(Type.Array(Topic, { minItems: 1, maxItems: 20 })),
  },
  strict,
)
export type PlanStep = Static<typeof PlanStep>

export const closings = ['finished', 'stopped', 'rejected'] as const
export const Closing = Type.Enum([...closings])
export type Closing = Static<typeof Closing>

export const Unit = Type.Enum(['person', 'family', 'group'])
export type Unit = Static<typeof Unit>

export const countings = ['calendar', 'working'] as const

export const PlanOutcome = Type.Object({ ...named, closes: Closing }, strict)
export type PlanOutcome = Static<typeof PlanOutcome>

export const Definition = Type.Object(
  {
    unit: Unit,
    confidential: Type.Boolean({ description: 'That there is a case says something about somebody’s health already' }),
    summary: Type.String({ minLength: 2, maxLength: 500 }),
    summaryEn: Type.String({ minLength: 2, maxLength: 500 }),
    days: Type.Optional(
      Type.Enum([...countings], { description: 'What `after` and `again` count; calendar days where it is not said' }),
    ),
    steps: Type.Array(PlanStep, { minItems: 1, maxItems: 40 }),
    outcomes: Type.Array(PlanOutcome, { minItems: 1, maxItems: 20 }),
  },
  { ...strict, $id: 'ServiceDefinition' },
)
export type Definition = Static<typeof Definition>
