import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { addPlace, listMovements, moveStock, readStock } from './movements.ts'
import { Movements, MovementsQuery, NewMovement, NewPlace, Stock } from './schema.ts'

const tags = ['distribution']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const

/** The goods of a round: what came in, where it is, what was handed out, returned or damaged. */
export const stockRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/rounds/:id/stock',
    {
      schema: { summary: 'Stock of a round by place and item', tags, params, response: { 200: Stock, ...failures } },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readStock(tx, actor, id)),
  )
  app.get(
    '/rounds/:id/stock/movements',
    {
      schema: {
        summary: 'The movements one number of the stock is the sum of',
        tags,
        params,
        querystring: MovementsQuery,
        response: { 200: Movements, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listMovements(tx, actor, id, query)),
  )
  app.post(
    '/rounds/:id/stock/places',
    {
      validatorCompiler: everyFault,
      schema: { summary: 'A store of the round', tags, params, body: NewPlace, response: { 201: Stock, ...failures } },
      config: desk,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          await addPlace(tx, actor, id, body)
          return readStock(tx, actor, id)
        }),
      ),
  )
  app.post(
    '/rounds/:id/stock/movements',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Goods received, moved, returned or damaged; the same id twice is one',
        tags,
        params,
        body: NewMovement,
        response: { 200: Stock, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await moveStock(tx, actor, id, body)
        return readStock(tx, actor, id)
      }),
  )
}
