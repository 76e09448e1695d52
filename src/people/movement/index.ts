export { movementJobs } from './jobs.ts'
export { publishRegister } from './publish.ts'
export { movementRoutes } from './routes.ts'
