export { drawSample } from './drawing.ts'
export { askingJobs } from './jobs.ts'
export { askingRoutes } from './routes.ts'
export { type DeliveryDispute, onDeliveryDisputed, type Opened } from './disputed.ts'
