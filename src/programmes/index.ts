export { activeProgrammes } from './queries.ts'
export { programmeRoutes } from './routes.ts'
export { Programme } from './schema.ts'
export * from './rules/index.ts'
