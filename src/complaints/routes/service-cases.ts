import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { servicesOfCase } from '../service-cases.ts'
import { CaseServices } from '../service-cases/schema.ts'

/** Which services came from a case. */
export const serviceCaseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/complaints/:id/services',
    {
      schema: {
        summary: 'Services that came from a case, and whom one could apply for',
        tags: ['complaints: casework'],
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        response: { 200: CaseServices, ...problems(400, 401, 403, 404) },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id } }, reply) => {
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => servicesOfCase(tx, actor, id))
    },
  )
}
