import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendCsv } from '#src/platform/http/paged-csv.ts'
import { readBehind } from './behind.ts'
import { askReconciliation, explainDifferences, settleReconciliation } from './explaining.ts'
import { differencesCsv } from './export.ts'
import { listDifferences, readReconciliation, readVillageSums } from './queries.ts'
import * as schema from './schema.ts'

const tags = ['distribution: reconciliation']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const desk = ['officer', 'supervisor'] as const
const readers = ['officer', 'supervisor', 'auditor'] as const
const nothing = Type.Object({}, { additionalProperties: false })

/** The end of a round: sums, differences, explaining them, setting it reconciled. */
export const reconciliationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/rounds/:id/reconciliation',
    {
      schema: { summary: 'How a round adds up', tags, params, response: { 200: schema.Reconciliation, ...failures } },
      config: { access: readers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readReconciliation(tx, actor, id)),
  )
  app.post(
    '/rounds/:id/reconciliation',
    {
      schema: {
        summary: 'Work it out, or work it out again, in the background',
        tags,
        params,
        body: nothing,
        response: { 202: schema.Reconciliation, ...failures },
      },
      config: { access: desk },
    },
    async ({ actor, params: { id } }, reply) =>
      reply.code(202).send(
        await app.db.as(actor, async (tx) => {
          await askReconciliation(tx, actor, id)
          return readReconciliation(tx, actor, id)
        }),
      ),
  )
  app.get(
    '/rounds/:id/reconciliation/villages',
    {
      schema: {
        summary: 'Sums by village, a hundred at a time',
        tags,
        params,
        querystring: schema.VillageSumsQuery,
        response: { 200: schema.VillageSums, ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => readVillageSums(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/differences',
    {
      schema: {
        summary: 'What does not agree, fifty at a time; the look is written down',
        tags,
        params,
        querystring: schema.DifferencesQuery,
        response: { 200: schema.Differences, ...failures },
      },
      config: { access: desk },
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listDifferences(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/behind/:family',
    {
      schema: {
        summary: 'What stands behind a row of a round: entitlement, bank, answers, signs; the look is written down',
        tags,
        params: Type.Object({ ...params.properties, family: Type.String({ format: 'uuid' }) }),
        response: { 200: schema.Behind, ...failures },
      },
      config: { access: desk },
    },
    async ({ actor, params: { id, family } }) => app.db.as(actor, (tx) => readBehind(tx, actor, id, family)),
  )
  app.get(
    '/rounds/:id/differences/export.csv',
    {
      schema: {
        summary: 'What does not agree, CSV; taking it is written down',
        tags,
        params,
        querystring: Type.Omit(schema.DifferencesQuery, ['after']),
        response: failures,
      },
      config: { access: desk },
    },
    async (request, reply) => {
      const { actor, params: { id }, query } = request // prettier-ignore
      const taken = await differencesCsv(app.db, actor, id, query, localeOf(request))
      return sendCsv(reply, taken)
    },
  )
  app.post(
    '/rounds/:id/differences/explain',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Say why something does not agree',
        tags,
        params,
        body: schema.ExplainAct,
        response: { 200: schema.Explained, ...failures },
      },
      config: { access: desk },
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => explainDifferences(tx, actor, id, body)),
  )
  app.post(
    '/rounds/:id/reconciliation/settle',
    {
      schema: {
        summary: 'Set the round reconciled: every difference is explained',
        tags,
        params,
        body: schema.SettleAct,
        response: { 200: schema.Reconciliation, ...failures },
      },
      config: { access: desk },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await settleReconciliation(tx, actor, id, body)
        return readReconciliation(tx, actor, id)
      }),
  )
}
