import type { PlanStep, StepResult } from './definition.ts'

/** What can come of a step that names nothing of its own. */
const usual: readonly StepResult[] = [
  { code: 'done', name: 'Terlaksana', nameEn: 'Done', met: true },
  { code: 'not_met', name: 'Tidak bertemu', nameEn: 'Not met', met: false },
  { code: 'unwilling', name: 'Tidak bersedia', nameEn: 'Unwilling', met: false },
]
/** What can come of a step. */
export const resultsOf = (step: Pick<PlanStep, 'results'>): readonly StepResult[] => step.results ?? usual
