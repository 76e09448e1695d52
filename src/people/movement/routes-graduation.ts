import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { graduate, reenter } from './graduation.ts'
import { Graduation, Moved, Reentry } from './schema.ts'

const tags = ['register: coming and going']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const answers = { 200: Moved, ...problems(400, 401, 403, 404, 409) }

/** Leaving the register as able, and coming back. */
export const graduationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/register/families/:id/graduate',
    {
      schema: {
        summary: 'A family leaves the register as able; forced graduation waits for another person',
        tags,
        params,
        body: Graduation,
        response: answers,
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => graduate(tx, actor, id, body)),
  )
  app.post(
    '/register/families/:id/reenter',
    {
      schema: {
        summary: 'A family that had left comes back, after a disaster too',
        tags,
        params,
        body: Reentry,
        response: answers,
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => reenter(tx, actor, id, body)),
  )
}
