import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { RegionCode } from '#src/regions/index.ts'
import { listTargetingRows, readTargeting, spanOf } from './figures.ts'
import { authorizeTargeting } from './policy.ts'
import { RowsQuery, Targeting, TargetingQuery, TargetingRows } from './schema.ts'

const tags = ['targeting']
const params = Type.Object({ regionCode: RegionCode }, { additionalProperties: false })
const config = { access: ['officer', 'supervisor'] } as const

/** Inclusion and exclusion errors, targeting by decile, delivered on time; and the rows behind each figure. */
export const targetingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/targeting/:regionCode',
    {
      schema: {
        summary: 'How well assistance reaches whom it is meant for, in a region and directly beneath it',
        tags,
        params,
        querystring: TargetingQuery,
        response: { 200: Targeting, ...problems(400, 401, 403, 404) },
      },
      config,
    },
    async ({ actor, params: { regionCode }, query }) => {
      authorizeTargeting(actor, regionCode)
      return app.db.as(actor, (tx) => readTargeting(tx, actor, spanOf(actor, regionCode, query)))
    },
  )
  app.get(
    '/targeting/:regionCode/rows',
    {
      schema: {
        summary: 'The complaints, proposals, lists and deliveries behind one figure',
        tags,
        params,
        querystring: RowsQuery,
        response: { 200: TargetingRows, ...problems(400, 401, 403, 404) },
      },
      config,
    },
    async ({ actor, params: { regionCode }, query }) => {
      authorizeTargeting(actor, regionCode)
      return app.db.as(actor, (tx) => listTargetingRows(tx, spanOf(actor, regionCode, query), query))
    },
  )
}
