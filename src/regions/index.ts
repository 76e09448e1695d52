export { type LoadOptions, loadRegions } from './load.ts'
export { regionRoutes } from './routes.ts'
export { RegionKind, Tier } from './schema.ts'
