export { settle } from './redeem.ts'
export { handoverRoutes } from './routes.ts'
