import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { readStatistics } from './figures.ts'
import { chosenMonths } from './months.ts'
import { authorizeStatistics } from './policy.ts'
import { readPublicStatistics } from './public.ts'
import { Months, PublicQuery, PublicStatistics, RegionParams, Statistics } from './schema.ts'

/** Figures about complaints: all of them for those responsible for a region, the published ones for everybody. */
export const statisticsRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/statistics/:regionCode',
    {
      schema: {
        summary: 'Figures of a region and of those directly beneath it',
        tags: ['statistics'],
        params: RegionParams,
        querystring: Months,
        response: { 200: Statistics, ...problems(400, 401, 403, 404) },
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async (request) => {
      const { actor, params, query } = request
      authorizeStatistics(actor, params.regionCode)
      const months = chosenMonths(query, actor.at)
      return app.db.as(actor, (tx) => readStatistics(tx, actor, params.regionCode, months, localeOf(request)))
    },
  )

  app.get(
    '/public-statistics/:regionCode',
    {
      schema: {
        summary: 'Published figures of a region, small counts hidden; a new edition every night',
        tags: ['statistics'],
        params: RegionParams,
        querystring: PublicQuery,
        response: { 200: PublicStatistics, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const { params, query } = request
      const statistics = await app.db.asPublic((tx) =>
        readPublicStatistics(tx, params.regionCode, query.year, app.db.clock(), localeOf(request)),
      )
      void reply.header('cache-control', 'public, max-age=300').header('vary', 'cookie, accept-language')
      return statistics
    },
  )
}
