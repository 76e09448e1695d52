export { redeem, settle } from './redeem.ts'
export { handoverRoutes } from './routes.ts'
export { apart, markOf } from './signature-mark.ts'
