export { withdrawalJobs } from './jobs.ts'
export { tellRegister } from './receipts.ts'
export { withdrawalRoutes } from './routes.ts'
