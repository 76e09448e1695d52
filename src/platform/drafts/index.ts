export { draftsIn, type Drafts } from './drafts.ts'
export { fieldError } from './fields.ts'
export { draftRoutes } from './routes.ts'
