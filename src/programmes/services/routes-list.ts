import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { casesAsTable, resultsAsTable, tableAsCsv, tableAsWorkbook } from './export.ts'
import { listCases } from './list.ts'
import { servicesToday } from './plans.ts'
import { readResults } from './results.ts'
import { CaseExportQuery, CasePage, CaseQuery, Results, ResultsExportQuery, ResultsQuery, Service } from './schema.ts'

const tags = ['services']
const failures = problems(400, 401, 403, 404)
const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What there is: programmes that are carried out, cases, figures. */
export const serviceListRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/services/programmes',
    {
      schema: {
        summary: 'Programmes that are carried out, with the plan in force today',
        tags,
        response: { 200: Type.Object({ items: Type.Array(Service) }), ...problems(401, 403) },
      },
      config: { access: ['officer', 'supervisor', 'pillar', 'auditor'] },
    },
    async ({ actor }) => app.db.as(actor, async (tx) => ({ items: await servicesToday(tx, actor.regionCode) })),
  )
  app.get(
    '/services/cases',
    {
      schema: {
        summary: 'Cases one sees; names by initials unless one is inside',
        tags,
        querystring: CaseQuery,
        response: { 200: CasePage, ...failures },
      },
      config: { access: ['officer', 'supervisor', 'pillar', 'auditor'] },
    },
    async ({ actor, query }, reply) => {
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => listCases(tx, query))
    },
  )
  app.get(
    '/services/cases/export',
    {
      schema: {
        summary: 'The list as CSV or XLSX, names by initials, at most 10,000 rows',
        tags,
        querystring: CaseExportQuery,
        response: failures,
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async (request, reply) => {
      const { format = 'csv', ...filters } = request.query
      const locale = localeOf(request)
      const rows = await app.db.as(request.actor, (tx) => casesAsTable(tx, request.actor, filters, locale))
      return sendTable(reply, rows, 'layanan', format, sentence('services_title', locale))
    },
  )
  app.get(
    '/services/results',
    {
      schema: {
        summary: 'What became of services, by programme and by the regions beneath',
        tags,
        querystring: ResultsQuery,
        response: { 200: Results, ...failures },
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => readResults(tx, actor, query)),
  )
  app.get(
    '/services/results/export',
    {
      schema: {
        summary: 'The figures as CSV or XLSX',
        tags,
        querystring: ResultsExportQuery,
        response: failures,
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async (request, reply) => {
      const { format = 'csv', ...asked } = request.query
      const locale = localeOf(request)
      const rows = await app.db.as(request.actor, (tx) => resultsAsTable(tx, request.actor, asked, locale))
      return sendTable(reply, rows, 'hasil-layanan', format, sentence('services_tab_results', locale))
    },
  )
}

const sendTable = async (
  reply: FastifyReply,
  rows: (string | number)[][],
  name: string,
  format: 'csv' | 'xlsx',
  title: string,
): Promise<FastifyReply> =>
  format === 'xlsx'
    ? asFile(reply, `${name}.xlsx`, WORKBOOK).send(await tableAsWorkbook(rows, title))
    : asFile(reply, `${name}.csv`, 'text/csv; charset=utf-8').send(tableAsCsv(rows))

const asFile = (reply: FastifyReply, name: string, type: string): FastifyReply =>
  reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'private, no-store')
