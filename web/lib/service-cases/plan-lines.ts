import type { PlanStep, ServiceCase } from '#src/programmes/services/schema.ts'

/** A line of the plan as it is typed. */
export type PlanLine = {
  code: string
  on: boolean
  /** belongs to the first plan in any case */
  fixed: boolean
  dueOn: string
  times: string
  assigneeId: string
}

/** The steps that can be planned, with the days the plan of the programme says. The first plan holds the required ones; later ones add. */
export function planLines(held: ServiceCase): PlanLine[] {
  const first = held.state === 'assessed'
  return held.definition.steps
    .filter((one) => one.phase === 'steps' || one.phase === 'outcome')
    .map((one: PlanStep) => ({
      code: one.code,
      on: first && one.required,
      fixed: first && one.required,
      dueOn: held.planDays[one.code] ?? '',
      times: one.times ? String(one.times) : '',
      assigneeId: '',
    }))
}
