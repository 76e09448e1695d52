export { exchangeJobs } from './jobs.ts'
export { agreementRoutes } from './routes-agreements.ts'
export { registryRoutes } from './routes-registry.ts'
