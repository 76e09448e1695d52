export { accountImportJobs } from './jobs.ts'
export { accountImportRoutes } from './routes.ts'
