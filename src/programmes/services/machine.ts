import type { Definition, Phase } from './definition.ts'

/*
 * The whole life of a service case. Pure: what stands here is tried with random acts in machine.property.test.ts.
 */

export const states = ['applied', 'assessed', 'planned', 'running', 'finished', 'stopped', 'rejected'] as const
export type State = (typeof states)[number]
export const acts = ['assess', 'plan', 'record', 'move', 'give', 'member', 'finish', 'stop', 'reject'] as const
export type Act = (typeof acts)[number]

const open: readonly State[] = ['applied', 'assessed', 'planned', 'running']
export const isOpen = (state: State): boolean => open.includes(state)

/** In which states an act is possible at all. */
export const possible: Record<Act, readonly State[]> = {
  assess: ['applied', 'assessed'],
  plan: ['assessed', 'planned', 'running'],
  record: ['assessed', 'planned', 'running'],
  move: open,
  give: open,
  member: open,
  finish: ['running'],
  stop: open,
  reject: ['applied', 'assessed'],
}

const recorded: Partial<Record<State, readonly Phase[]>> = {
  applied: ['application', 'assessment'],
  assessed: ['assessment', 'plan'],
  planned: ['steps'],
  running: ['steps', 'outcome'],
}
/** Whether a step of this phase can be recorded now. The first of the work begins it: planned becomes running. */
export const mayRecordPhase = (state: State, phase: Phase): boolean => recorded[state]?.includes(phase) ?? false

type Done = { code: string; met: boolean | null }
/** The codes of a phase that must be done and are not. */
export const missingOf = (definition: Definition, phase: Phase, steps: readonly Done[]): string[] =>
  definition.steps
    .filter((one) => one.phase === phase && one.required)
    .filter((one) => !steps.some((step) => step.code === one.code && step.met === true))
    .map((one) => one.code)

/** Where a case stands after a step of it was recorded. */
export function afterRecord(state: State, phase: Phase, definition: Definition, steps: readonly Done[]): State {
  if (state === 'applied' && missingOf(definition, 'assessment', steps).length === 0) return 'assessed'
  if (state === 'planned' && phase === 'steps') return 'running'
  return state
}

/** What keeps a running case from being finished: required steps of which none is done. */
export const unfinished = (definition: Definition, steps: readonly Done[]): string[] => [
  ...missingOf(definition, 'steps', steps),
  ...missingOf(definition, 'outcome', steps),
]
