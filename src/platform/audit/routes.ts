import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { exportName, writeCsv } from './export.ts'
import { listEntries } from './queries.ts'
import { recordAct } from './record.ts'
import { AuditFilter, AuditPage, AuditQuery, Chain, Verification, VerifyRequest } from './schema.ts'
import { getChainState, readHead } from './seal.ts'
import { beginVerification, continueVerification, findLastVerification } from './verify.ts'

const config = { access: ['auditor'] as const }
const tags = ['audit']

/** The auditor's view: what happened in the own region, and whether the record of it is whole. */
export const auditRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/audit',
    {
      config,
      schema: {
        tags,
        summary: 'What happened, newest first',
        querystring: AuditQuery,
        response: { 200: AuditPage, ...problems(400, 401, 403) },
      },
    },
    async ({ actor, query }) => {
      const limit = query.limit ?? 50
      const items = await app.db.as(actor, (tx) => listEntries(tx, { ...query, limit: limit + 1 }))
      const page = items.slice(0, limit)
      return { items: page, next: items.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
  )

  app.get(
    '/audit/chain',
    {
      config,
      schema: { tags, summary: 'Where the hash chain stands', response: { 200: Chain, ...problems(401, 403) } },
    },
    async ({ actor }) =>
      app.db.as(actor, async (tx) => ({
        ...(await getChainState(tx)),
        last: (await findLastVerification(tx)) ?? null,
      })),
  )

  app.post(
    '/audit/verify',
    {
      config,
      schema: {
        tags,
        summary: 'Verify the hash chain, a slice a call: repeat with the id until it is no longer running',
        body: VerifyRequest,
        response: { 200: Verification, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ actor, body }) => {
      const anchor = body.head === undefined ? undefined : readHead(body.head)
      if (body.head !== undefined && !anchor) throw invalid({ field: 'head', code: 'pattern' })
      return app.db.as(actor, async (tx) => {
        const id = body.id ?? (await beginVerification(tx, anchor)).id
        const verification = await continueVerification(tx, id)
        if (!verification) throw notFound('verification')
        return verification
      })
    },
  )

  app.get(
    '/audit/export.csv',
    {
      config,
      schema: {
        tags,
        summary: 'The same entries as CSV, all of them',
        querystring: AuditFilter,
        produces: ['text/csv'],
        response: { 200: Type.Unsafe<Readable>({ type: 'string' }), ...problems(400, 401, 403) },
      },
    },
    async (request, reply) => {
      const { actor, query } = request
      await app.db.as(actor, (tx) =>
        recordAct(tx, {
          act: 'export',
          subject: 'audit_entry',
          subjectId: '*',
          regionCode: actor.regionCode,
          detail: { ...query },
        }),
      )
      void reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${exportName(app.db.clock())}"`)
      // Page by page as the reader takes them: neither a transaction nor the whole file is held.
      return reply.send(Readable.from(writeCsv(app.db, actor, query, localeOf(request))))
    },
  )
}
