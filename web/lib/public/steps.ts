import type { Content } from './draft.ts'

/** Something to mend: at a field of this page, on another page (`href`), or about the whole. */
export type Fault = { field?: string; href?: string; message: string }

/** One page of a form: which answers it asks for, whether it is asked at all, and what is wrong with the answers. */
export type FormStep<Name extends string = string> = {
  name: Name
  path: string
  /** Which of the five parts it belongs to; people are told the part, because pages come and go with the answers. */
  part: number
  keys: readonly string[]
  asked: (content: Content) => boolean
  faults: (content: Content) => Fault[]
}

export const parts = 5

export function address(step: FormStep, flags: Record<string, boolean>): string {
  const set = Object.keys(flags).filter((key) => flags[key])
  return set.length > 0 ? `${step.path}?${set.join('&')}` : step.path
}

/** The order of the pages of a form: what comes next, what came before, what is not finished. */
export function stepOrder<Name extends string>(
  steps: readonly FormStep<Name>[],
  check: Name,
  passing: readonly Name[] = [],
) {
  function stepOf(name: Name): FormStep<Name> {
    const step = steps.find((one) => one.name === name)
    if (!step) throw new Error(`no step ${name}`)
    return step
  }
  return {
    stepOf,
    nextStep: (step: FormStep<Name>, content: Content): FormStep<Name> =>
      steps.slice(steps.indexOf(step) + 1).find((one) => one.asked(content)) ?? stepOf(check),
    stepBefore: (step: FormStep<Name>, content: Content): FormStep<Name> | undefined =>
      steps.slice(0, steps.indexOf(step)).findLast((one) => one.asked(content) && !passing.includes(one.name)),
    /** The first page with something missing or wrong; undefined when the form can be sent. */
    firstUnfinished: (content: Content): FormStep<Name> | undefined =>
      steps.find((step) => step.asked(content) && step.faults(content).length > 0),
  }
}
