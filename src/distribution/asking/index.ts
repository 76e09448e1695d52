export { askingRoutes } from './routes.ts'
export { type DeliveryDispute, onDeliveryDisputed, type Opened } from './disputed.ts'
