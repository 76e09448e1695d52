export { roundJobs } from './jobs.ts'
export { inviteRounds, openRounds, prepareRounds } from './preparing.ts'
export { roundRoutes } from './routes.ts'
