export { importFile } from './import-file.ts'
export { importJobs } from './jobs.ts'
export { importRoutes } from './routes.ts'
