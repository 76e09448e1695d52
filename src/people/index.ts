export { checkKk, checkNik, isChild, type KkDoubt, maskNik, maskPhone, type NikDoubt } from './schema.ts'
export { peopleJobs } from './jobs.ts'
export { peopleRoutes } from './routes.ts'
