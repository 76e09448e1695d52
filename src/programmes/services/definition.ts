import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/schema'

/*
 * What a service consists of, as data (`service_plan.definition`). Phases in their order: application, assessment, plan, steps, outcome.
 * Days are calendar days. Names in both languages stand in the data, as in questionnaires.
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

export const StepKind = Type.Enum(['visit', 'session', 'measuring', 'fitting', 'hearing', 'training', 'other'])
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

export const PlanStep = Type.Object(
  {
    ...named,
    phase: Phase,
    kind: StepKind,
    form: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: 'JSON Schema, as questionnaires' })),
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

export const PlanOutcome = Type.Object({ ...named, closes: Closing }, strict)

export const Definition = Type.Object(
  {
    unit: Unit,
    confidential: Type.Boolean({ description: 'That there is a case says something about somebody’s health already' }),
    summary: Type.String({ minLength: 2, maxLength: 500 }),
    summaryEn: Type.String({ minLength: 2, maxLength: 500 }),
    steps: Type.Array(PlanStep, { minItems: 1, maxItems: 40 }),
    outcomes: Type.Array(PlanOutcome, { minItems: 1, maxItems: 20 }),
  },
  { ...strict, $id: 'ServiceDefinition' },
)
export type Definition = Static<typeof Definition>

const validator = Compile(Definition)

/** What is wrong with a definition, in words for whoever writes plans; empty when it can be worked with. */
export function definitionFaults(given: unknown): string[] {
  if (!validator.Check(given))
    return validator.Errors(given)[1].map((error) => `${error.instancePath || '/'} ${error.keyword}`)
  const definition = given as Definition
  const faults: string[] = []
  const twice = (list: readonly { code: string }[], where: string) => {
    for (const [at, one] of list.entries())
      if (list.findIndex((other) => other.code === one.code) !== at) faults.push(`${where}: ${one.code} twice`)
  }
  twice(definition.steps, 'steps')
  twice(definition.outcomes, 'outcomes')
  if (!definition.outcomes.some((one) => one.closes === 'finished')) faults.push('outcomes: none finishes')
  if (!definition.steps.some((one) => one.phase === 'steps')) faults.push('steps: nothing to do')
  for (const one of definition.steps) {
    if (one.results) {
      twice(one.results, `steps.${one.code}.results`)
      if (!one.results.some((result) => result.met)) faults.push(`steps.${one.code}: can never be done`)
    }
    if (one.times !== undefined && one.every === undefined) faults.push(`steps.${one.code}: times without every`)
    if (one.group && definition.unit !== 'group') faults.push(`steps.${one.code}: attendance without a group`)
    if (one.every !== undefined && one.phase !== 'steps') faults.push(`steps.${one.code}: repeated outside the work`)
  }
  return faults
}

/** What can come of a step that names nothing of its own. */
const usual: readonly StepResult[] = [
  { code: 'done', name: 'Terlaksana', nameEn: 'Done', met: true },
  { code: 'not_met', name: 'Tidak bertemu', nameEn: 'Not met', met: false },
  { code: 'unwilling', name: 'Tidak bersedia', nameEn: 'Unwilling', met: false },
]
export const resultsOf = (step: PlanStep): readonly StepResult[] => step.results ?? usual
