export { reconciliationJobs } from './jobs.ts'
export { reconcileRounds } from './reconcile.ts'
export { reconciliationRoutes } from './routes.ts'
