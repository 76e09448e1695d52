import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { catalogueRoutes } from './catalogue/index.ts'
import { determinationRoutes } from './determination/index.ts'
import { activeProgrammes } from './queries.ts'
import { Programme } from './schema.ts'
import { ruleRoutes } from './rules/index.ts'
import { serviceRoutes } from './services/index.ts'

export const programmeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/programmes',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Programmes of assistance that run today',
        tags: ['programmes'],
        response: { 200: Type.Object({ items: Type.Array(Programme) }, { additionalProperties: false }) },
      },
    },
    async () => app.db.asPublic(async (tx) => ({ items: await activeProgrammes(tx) })),
  )
  await app.register(catalogueRoutes)
  await app.register(determinationRoutes)
  await app.register(ruleRoutes)
  await app.register(serviceRoutes)
}
