export { emit, type NewEvent } from './emit.ts'
export { eventJobs } from './jobs.ts'
export { type EventOptions, eventRoutes } from './routes.ts'
