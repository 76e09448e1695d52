import { followFamilies } from './follow.ts'

export { paymentRoutes } from './routes.ts'

followFamilies()
