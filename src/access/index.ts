export { type QueueSource, authenticate } from './authenticate.ts'
export type { OidcSettings } from './oidc.ts'
export { accessRoutes } from './routes.ts'
export { type Method, type Session, SESSION_COOKIE, openSession, requireRecentProof } from './sessions.ts'
