export { rightsJobs } from './jobs.ts'
export { rightsRoutes } from './routes.ts'
