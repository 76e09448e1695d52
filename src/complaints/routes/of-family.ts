import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { casesOfFamily } from '../of-family.ts'
import { ListItem } from '../schema.ts'

/** What a family of the register complained of, for its page. */
export const familyCaseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/complaints/of-family/:id',
    {
      schema: {
        summary: 'Cases about a family of the register one has opened; the look is written down',
        tags: ['complaints: casework'],
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: Type.Array(ListItem), ...problems(400, 401, 403, 404) },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => casesOfFamily(tx, actor, id)),
  )
}
