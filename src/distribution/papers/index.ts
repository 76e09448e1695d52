export { handoverPaperRoutes } from './routes.ts'
