import type { FastifyInstance } from 'fastify'
import { type Session, sessionOf } from './sessions.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who signed in, or null. Looked up on every route of the application, never for pages and files. */
    session: Session | null
  }
}

/** Decorates `request.session` before access is checked. Pages ask through the API, so nothing is looked up for them. */
export function authenticate(app: FastifyInstance): void {
  app.decorateRequest('session', null)
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/api/')) request.session = (await sessionOf(request)) ?? null
  })
}
