import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { casesOfDelivery, deliveriesOfCase, tieDelivery } from '../deliveries.ts'
import { CaseDeliveries, CaseOfDelivery, TieDelivery } from '../deliveries/schema.ts'

const tags = ['complaints: deliveries']
const Uuid = Type.String({ format: 'uuid' })
const params = Type.Object({ id: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const

/** Which delivery a case is about, and which cases a delivery has. */
export const deliveryRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/complaints/:id/deliveries',
    {
      schema: {
        summary: 'Deliveries a case is about or could be',
        tags,
        params,
        response: { 200: CaseDeliveries, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => deliveriesOfCase(tx, id)),
  )
  app.post(
    '/complaints/:id/deliveries',
    {
      schema: {
        summary: 'Tie a case to a delivery',
        tags,
        params,
        body: TieDelivery,
        response: { 201: CaseDeliveries, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          await tieDelivery(tx, actor, id, body.roundId, body.familyId)
          return deliveriesOfCase(tx, id)
        }),
      ),
  )
  app.get(
    '/complaints/of-delivery/:round/:family',
    {
      schema: {
        summary: 'Cases about one delivery',
        tags,
        params: Type.Object({ round: Uuid, family: Uuid }),
        response: { 200: Type.Array(CaseOfDelivery), ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { round, family } }) => app.db.as(actor, (tx) => casesOfDelivery(tx, round, family)),
  )
}
