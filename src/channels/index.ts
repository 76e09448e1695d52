export { channelJobs } from './jobs.ts'
export { channelRoutes } from './routes.ts'
