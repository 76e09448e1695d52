export { handOut, takeBack } from './movements.ts'
export { stockRoutes } from './routes.ts'
