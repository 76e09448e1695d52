export { signJobs } from './jobs.ts'
export { lookForSigns } from './looking.ts'
export { signRoutes } from './routes.ts'
