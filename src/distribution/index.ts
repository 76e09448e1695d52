export { distributionJobs } from './jobs.ts'
export { distributionRoutes } from './routes.ts'
