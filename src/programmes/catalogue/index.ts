export { catalogueRoutes } from './routes.ts'
export { getVersion, today, versionInForce, versionsInForce, type VersionRow } from './versions.ts'
