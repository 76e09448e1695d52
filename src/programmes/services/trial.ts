import type { Definition, PlanStep } from './definition.ts'
import { resultsOf } from './step-results.ts'
import type { Example, Tried } from './schema-plans.ts'
import { afterRecord, isOpen, mayRecordPhase, missingOf, type State, unfinished } from './machine.ts'

type TriedRecord = Tried['records'][number]

type Open = { code: string; phase: PlanStep['phase']; due: number; met: boolean | null }
/** Days until something tried in vain is due again, and where a step says nothing: as the terms that ship say. */
const WEEK = 7

/**
 * Walks an example through the machine of cases: everything is done on the day it is due, and the work is planned by what the plan
 * requires as soon as it can be. Pure.
 */
export function tryExample(definition: Definition, { records, outcome }: Example): Tried {
  const steps: Open[] = []
  let state = 'applied' as State
  let day = 0
  const begin = (phases: readonly PlanStep['phase'][], required = false) => {
    for (const one of definition.steps)
      if (phases.includes(one.phase) && (one.required || !required))
        for (let time = 0; time < (one.every === undefined ? 1 : (one.times ?? 1)); time++)
          steps.push({
            code: one.code,
            phase: one.phase,
            due: day + (one.after ?? WEEK) + time * (one.every ?? 0),
            met: null,
          })
  }
  const assessed = () => {
    begin(['plan'])
    return 'assessed' as const
  }
  begin(['assessment'])
  if (missingOf(definition, 'assessment', steps).length === 0) state = assessed()

  const tried = records.map(({ step, result }): TriedRecord => {
    const told = (fault: TriedRecord['fault'], again: number | null = null) => ({
      step,
      result,
      day,
      state,
      again,
      fault,
    })
    const planned = definition.steps.find((one) => one.code === step)
    const came = planned && resultsOf(planned).find((one) => one.code === result)
    if (!planned || !came) return told('unknown')
    if (state === 'assessed' && (planned.phase === 'steps' || planned.phase === 'outcome')) {
      if (missingOf(definition, 'plan', steps).length > 0) return told('service_plan_first')
      begin(['steps', 'outcome'], true)
      state = 'planned'
    }
    if (planned.phase === 'application' || !mayRecordPhase(state, planned.phase)) return told('service_not_now')
    let open = steps.filter((one) => one.code === step && one.met === null).sort((a, b) => a.due - b.due)[0]
    if (!open) {
      open = { code: step, phase: planned.phase, due: day + (planned.after ?? WEEK), met: null }
      steps.push(open)
    }
    day = Math.max(day, open.due)
    open.met = came.met
    const others = steps.some((one) => one.code === step && one.met === null)
    const endless = planned.every !== undefined && planned.times === undefined
    const again = came.met ? (endless && !others ? (planned.every ?? null) : null) : (came.again ?? WEEK)
    if (again !== null) steps.push({ code: step, phase: planned.phase, due: day + again, met: null })
    const before = state
    state = afterRecord(state, planned.phase, definition, steps)
    if (before === 'applied' && state === 'assessed') state = assessed()
    return told(null, again)
  })

  const ending = definition.outcomes.find((one) => one.code === outcome)
  const left = [...missingOf(definition, 'assessment', steps), ...unfinished(definition, steps)]
  const fault = ((): Tried['fault'] => {
    if (!ending) return 'unknown'
    if (ending.closes === 'finished')
      return left.length > 0 ? 'service_steps_left' : state === 'running' ? null : 'service_not_now'
    return (ending.closes === 'rejected' ? state === 'applied' || state === 'assessed' : isOpen(state))
      ? null
      : 'service_not_now'
  })()
  const passes = fault === null && tried.every((one) => one.fault === null)
  return {
    records: tried,
    state: passes && ending ? ending.closes : state,
    days: day,
    left: ending?.closes === 'finished' ? left : [],
    fault,
    passes,
  }
}

/** The shortest way to an outcome: each required step once, in the order of the phases; nothing where it ends early. */
export function shortestWay(definition: Definition, outcome: string): Example['records'] {
  if (definition.outcomes.find((one) => one.code === outcome)?.closes !== 'finished') return []
  const needed = (phase: PlanStep['phase']) => definition.steps.filter((one) => one.phase === phase && one.required)
  const work = needed('steps')
  const first = definition.steps.filter((one) => one.phase === 'steps').slice(0, 1)
  return [...needed('assessment'), ...needed('plan'), ...(work.length > 0 ? work : first), ...needed('outcome')].map(
    (one) => ({ step: one.code, result: resultsOf(one).find((result) => result.met)?.code ?? '' }),
  )
}
