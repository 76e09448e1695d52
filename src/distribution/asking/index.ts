export { askingJobs } from './jobs.ts'
export { askingRoutes } from './routes.ts'
export { type DeliveryDispute, onDeliveryDisputed, type Opened } from './disputed.ts'

/** The verbs, for whoever tells a story without HTTP: the demonstration. */
export { answerByCode, answerByVisit } from './answering.ts'
export { drawSample } from './drawing.ts'
export { listQuestions, listVisits } from './queries.ts'
export { visitUnreached } from './visiting.ts'
