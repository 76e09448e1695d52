import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { find } from './find.ts'
import { authorizeSearch } from './policy.ts'
import { Found, SearchBody } from './schema.ts'

/** Finding people and families. POST, because names and numbers do not belong into addresses, which are kept and logged. */
export const findingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/register/search',
    {
      schema: {
        summary: 'Find people of the register by whatever is known of them',
        description:
          'One box: NIK or family card (whole, its beginning, its last four digits), name (misspelt, in old spelling, with titles, in one word or several), birth date in any manner, address with RT and RW, region. Answers masked hits, best first; each search is written down, without its words.',
        tags: ['register: finding'],
        body: SearchBody,
        response: { 200: Found, ...problems(400, 401, 403, 429) },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, body }, reply) => {
      authorizeSearch(actor)
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => find(tx, actor, app.secret, body))
    },
  )
}
