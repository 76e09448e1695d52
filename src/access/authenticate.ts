import type { FastifyInstance } from 'fastify'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { type Session, sessionOf } from './sessions.ts'

/** Counts of work that waits for somebody; other modules push theirs onto `app.queueSources`. */
export type QueueSource = (tx: Tx, actor: Actor) => Promise<{ key: string; count: number }[]>

declare module 'fastify' {
  interface FastifyRequest {
    /** Who signed in, or null. Looked up on every route of the application, never for pages and files. */
    session: Session | null
  }
  interface FastifyInstance {
    /** What GET /api/me shows as queues, in this order. */
    queueSources: QueueSource[]
  }
}

/** Decorates `request.session` before access is checked. Pages ask through the API, so nothing is looked up for them. */
export function authenticate(app: FastifyInstance): void {
  app.decorateRequest('session', null)
  app.decorate('queueSources', [])
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/api/')) request.session = (await sessionOf(request)) ?? null
  })
}
