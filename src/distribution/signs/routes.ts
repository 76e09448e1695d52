import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendCsv } from '#src/platform/http/paged-csv.ts'
import { signsCsv } from './export.ts'
import { askForLook, judgeSign, listSigns, readSignRows } from './judging.ts'
import * as schema from './schema.ts'

const tags = ['distribution: signs of fraud']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const

/** Signs of fraud: listed with their reasons, each opens the handovers behind it, each is judged by somebody. */
export const signRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/rounds/:id/signs',
    {
      schema: {
        summary: 'Signs of fraud in a round, the open ones first',
        tags,
        params,
        querystring: schema.SignsQuery,
        response: { 200: schema.Signs, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listSigns(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/signs/export.csv',
    {
      schema: {
        summary: 'The same as a file; taking it is written down',
        tags,
        params,
        querystring: Type.Omit(schema.SignsQuery, ['page']),
        response: failures,
      },
      config: desk,
    },
    async (request, reply) => {
      const { actor, params: { id }, query } = request // prettier-ignore
      return sendCsv(reply, await signsCsv(app.db, actor, id, query, localeOf(request)))
    },
  )
  app.post(
    '/rounds/:id/signs',
    {
      schema: {
        summary: 'Look again, in the background',
        tags,
        params,
        body: Type.Object({}, { additionalProperties: false }),
        response: { 202: schema.Signs, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }, reply) =>
      reply.code(202).send(
        await app.db.as(actor, async (tx) => {
          await askForLook(tx, actor, id)
          return listSigns(tx, actor, id, {})
        }),
      ),
  )
  app.get(
    '/rounds/:id/signs/rows',
    {
      schema: {
        summary: 'The handovers behind a sign; the look is written down',
        tags,
        params,
        querystring: schema.SignRef,
        response: { 200: schema.SignRows, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => readSignRows(tx, actor, id, query)),
  )
  app.post(
    '/rounds/:id/signs/judge',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Dismiss a sign with a reason, or make a case of it',
        tags,
        params,
        body: schema.JudgeAct,
        response: { 200: schema.Signs, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await judgeSign(tx, actor, app.secret, id, body)
        return listSigns(tx, actor, id, {})
      }),
  )
}
