import { applyForService } from './apply.ts'
import { finish, reject, stop } from './closing.ts'
import { addMember } from './members.ts'
import { assess, moveStep, planSteps, recordStep } from './work.ts'
import { giveCase } from './workers.ts'

export { onServiceChanged, type ServiceNews } from './changed.ts'
export { casesByIds } from './list.ts'
export { serviceJobs } from './jobs.ts'
export { serviceRoutes } from './routes.ts'
export type { Application } from './schema.ts'
/** What is done with a case, for whoever tells a story through it. */
export const serviceActs = {
  applyForService,
  assess,
  planSteps,
  recordStep,
  moveStep,
  addMember,
  giveCase,
  finish,
  stop,
  reject,
}
