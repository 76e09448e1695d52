export { rightsJobs } from './jobs.ts'
export { rightsRoutes } from './routes.ts'
export { registerRetention, type RetentionTaker } from './retention.ts'
