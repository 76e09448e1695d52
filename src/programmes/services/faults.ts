import { Compile } from 'typebox/schema'
import type { FieldError } from '#src/platform/http/problem.ts'
import { Definition, type FormProperty, type PlanStep } from './definition.ts'

const validator = Compile(Definition)

/**
 * What is wrong with a plan, each at its place ('steps.2.results.0.code'); empty when it can be worked with. The codes are those of wrong
 * fields, so that an editor is told as every form is.
 */
export function definitionFaults(given: unknown): FieldError[] {
  if (!validator.Check(given)) return validator.Errors(given)[1].flatMap(schemaFault).slice(0, 100)
  const { steps, outcomes, unit } = given as Definition
  return [
    ...twice(steps, 'steps'),
    ...twice(outcomes, 'outcomes'),
    ...(outcomes.some((one) => one.closes === 'finished') ? [] : [{ field: 'outcomes', code: 'plan_no_finish' }]),
    ...(steps.some((one) => one.phase === 'steps') ? [] : [{ field: 'steps', code: 'plan_no_work' }]),
    ...(steps.filter((one) => one.phase === 'application').length > 1
      ? [{ field: 'steps', code: 'plan_two_applications' }]
      : []),
    ...steps.flatMap((one, at) => stepFaults(one, `steps.${at}`, unit === 'group')),
  ]
}

function stepFaults(step: PlanStep, at: string, ofGroup: boolean): FieldError[] {
  const faults: FieldError[] = []
  const fault = (field: string, code: string) => faults.push({ field: `${at}.${field}`, code })
  if (step.results) {
    faults.push(...twice(step.results, `${at}.results`))
    if (!step.results.some((one) => one.met)) fault('results', 'plan_never_done')
  }
  if (step.topics) faults.push(...twice(step.topics, `${at}.topics`))
  if (step.times !== undefined && step.every === undefined) fault('every', 'plan_times_alone')
  if (step.group && !ofGroup) fault('group', 'plan_no_group')
  if (step.every !== undefined && step.phase !== 'steps') fault('every', 'plan_every_outside')
  if (new Set(step.who).size !== step.who.length) fault('who', 'uniqueItems')
  // The application is taken in one go, with nothing to come back to.
  if (step.phase === 'application' && step.required) fault('required', 'plan_application_required')
  const { form } = step
  for (const [name, one] of Object.entries(form?.properties ?? {}))
    for (const code of questionFaults(one)) fault(`form.properties.${name}`, code)
  for (const name of form?.required ?? []) if (!form?.properties[name]) fault('form.required', 'unknown')
  return faults
}

function questionFaults(one: FormProperty): string[] {
  const values = one.enum ?? one.items?.enum
  return [
    ...(one.type === 'array' && !one.items ? ['plan_question_choices'] : []),
    ...(one.enum && one.type !== 'string' ? ['plan_question_kind'] : []),
    ...(one.items && one.type !== 'array' ? ['plan_question_kind'] : []),
    ...(values && new Set(values).size !== values.length ? ['uniqueItems'] : []),
    ...(values?.some((value) => !one['x-labels']?.[value]) ? ['plan_question_words'] : []),
    ...(one.minimum !== undefined && one.maximum !== undefined && one.minimum > one.maximum
      ? ['plan_question_range']
      : []),
  ]
}

/** The second of two with one code is where it is said. */
const twice = (list: readonly { code: string }[], where: string): FieldError[] =>
  list.flatMap((one, at) =>
    list.findIndex((other) => other.code === one.code) === at
      ? []
      : [{ field: `${where}.${at}.code`, code: 'uniqueItems' }],
  )

type SchemaError = { instancePath: string; keyword: string; params: unknown }
function schemaFault({ instancePath, keyword, params }: SchemaError): FieldError[] {
  const path = instancePath.slice(1).replaceAll('/', '.')
  const said = params as Record<string, unknown>
  // Told once, by the object that does not know it.
  if (keyword === 'boolean') return []
  if (keyword === 'required' || keyword === 'additionalProperties') {
    const names = said[keyword === 'required' ? 'requiredProperties' : 'additionalProperties']
    return (Array.isArray(names) ? (names as string[]) : []).map((name) => ({
      field: [path, name].filter(Boolean).join('.'),
      code: keyword,
    }))
  }
  const { limit } = said
  return [{ field: path || 'definition', code: keyword, ...(typeof limit === 'number' && { params: { limit } }) }]
}
