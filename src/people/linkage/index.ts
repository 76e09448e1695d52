export { checkPerson } from './check-person.ts'
export { linkageJobs } from './jobs.ts'
export { linkageRoutes } from './routes.ts'
export { familyPairRoutes } from './of-family.ts'
