import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { isRepeat } from '#src/platform/http/repeat.ts'
import {
  casesOfDelivery,
  complainOfDelivery,
  deliveriesOfCase,
  deliveriesOfFamily,
  tieDelivery,
} from '../deliveries.ts'
import {
  CaseDeliveries,
  CaseOfDelivery,
  ComplainOfDelivery,
  DeliveryOfFamily,
  TieDelivery,
} from '../deliveries/schema.ts'
import { mayFile } from '../policy.ts'
import { Filed } from '../schema.ts'

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
  app.post(
    '/complaints/of-delivery/:round/:family',
    {
      schema: {
        summary: 'File a complaint about one delivery, tied to it',
        tags,
        params: Type.Object({ round: Uuid, family: Uuid }),
        body: ComplainOfDelivery,
        response: { 201: Filed, ...failures, ...problems(422) },
      },
      config: desk,
    },
    async ({ actor, params: { round, family }, body }, reply) => {
      if (!mayFile(actor)) throw forbidden('complaint.file')
      const file = () =>
        app.db.as(actor, (tx) =>
          complainOfDelivery(tx, actor, { roundId: round, familyId: family }, body, { secret: app.secret }),
        )
      return reply.code(201).send(
        await file().catch((error: unknown) => {
          if (isRepeat(error)) return file()
          throw error
        }),
      )
    },
  )
  app.get(
    '/complaints/of-deliveries/:family',
    {
      schema: {
        summary: 'Deliveries of an opened family with the cases about each; the look is written down',
        tags,
        params: Type.Object({ family: Uuid }),
        response: { 200: Type.Array(DeliveryOfFamily), ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { family } }) => app.db.as(actor, (tx) => deliveriesOfFamily(tx, family)),
  )
}
