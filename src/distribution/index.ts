export { type DeliveryDispute, onDeliveryDisputed, type Opened } from './asking/index.ts'
export { distributionJobs } from './jobs.ts'
export { distributionRoutes } from './routes.ts'
export { loadTrustList, type TrustedKey } from './vouchers/index.ts'
