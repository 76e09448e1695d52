export { checkJobs } from './jobs.ts'
export { checkRoutes } from './routes.ts'
