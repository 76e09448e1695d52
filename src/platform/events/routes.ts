import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { forbidden, tooMany } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { type Hub, startHub } from './hub.ts'
import { readCursor } from './log.ts'
import { EventsQuery } from './schema.ts'
import { openStream } from './stream.ts'

/** A browser opens six connections to a host at most; one that opens more than this has lost count of its pages. */
const STREAMS_PER_SESSION = 8

export type EventOptions = { heartbeatMs?: number; streamsPerSession?: number }

/** Live pages by server-sent events. The reader of the log starts with the first page that asks. */
export const eventRoutes: FastifyPluginAsyncTypebox<EventOptions> = async (app, options) => {
  let hub: Promise<Hub> | undefined
  const getHub = () =>
    (hub ??= startHub(app.db, options).catch((error: unknown) => {
      hub = undefined
      throw error
    }))
  // Before the server waits for its connections to end, because these do not end by themselves.
  app.addHook('preClose', async () => (await hub?.catch(() => undefined))?.close())

  app.get(
    '/events',
    {
      config: { access: ['officer', 'supervisor', 'auditor', 'pillar', 'administrator'] },
      schema: {
        tags: ['events'],
        summary: 'What changes in the own region, as server-sent events',
        description:
          'Events "ready" (nothing missed so far, or told next), "reset" (too old to resume: load anew) and "ended" (sign in again) besides the messages.',
        querystring: EventsQuery,
        produces: ['text/event-stream'],
        response: { 200: Type.Unsafe<string>({ type: 'string' }), ...problems(400, 401, 403, 429) },
      },
    },
    async (request, reply) => {
      const { actor, session } = request
      if (!session) throw forbidden('session')
      const resumeFrom = request.headers['last-event-id'] ?? request.query.after
      const after = typeof resumeFrom === 'string' ? readCursor(resumeFrom) : undefined
      const here = await getHub()
      if (here.count(session.id) >= (options.streamsPerSession ?? STREAMS_PER_SESSION)) throw tooMany(30)
      reply.hijack()
      const stream = openStream(reply.raw, actor, session.id)
      try {
        const stop = await here.subscribe(stream, after)
        if (reply.raw.destroyed) stop()
        else reply.raw.once('close', stop)
      } catch (error) {
        request.log.error(error)
        stream.close('closing')
      }
    },
  )
}
