import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { asFile } from './as-file.ts'
import { readChecks, suspectedFamilies } from './checks.ts'
import { comparedFamilies, compareLists } from './compare.ts'
import { readResult } from './detail.ts'
import { exportCsv, exportSheet } from './export.ts'
import { decideSuspect, undecideSuspect } from './hold.ts'
import { getList } from './list.ts'
import { countRegions, findResult, listResults } from './results.ts'
import {
  Checks,
  ChecksQuery,
  Comparison,
  ComparisonPage,
  ComparisonQuery,
  ExportQuery,
  HoldAct,
  RegionCounts,
  RegionsQuery,
  ResultDetail,
  ResultRow,
  Results,
  ResultsQuery,
} from './schema.ts'
import { checkAgain } from './suspects.ts'

const tags = ['determinations']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const one = Type.Object({ id: Type.String({ format: 'uuid' }), family: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const office = { access: ['officer', 'supervisor'] } as const
const readers = { access: ['officer', 'supervisor', 'auditor'] } as const

/** The families of a list: who, why, beside the former list, and suspicions. */
export const determinationFamilyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/determinations/:id/families',
    {
      schema: {
        summary: 'Families of a list with why they stand where they stand',
        tags,
        params,
        querystring: ResultsQuery,
        response: { 200: Results, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given, query } = request
      return app.db.as(actor, (tx) => listResults(tx, actor, given.id, query, localeOf(request)))
    },
  )
  app.get(
    '/determinations/:id/families/export',
    {
      schema: {
        summary: 'The same as a file, numbers of people masked',
        tags,
        params,
        querystring: ExportQuery,
        response: problems(400, 401, 403, 404, 409),
      },
      config: office,
    },
    async (request, reply) => {
      const { actor, params: given, query } = request
      const locale = localeOf(request)
      if (query.format === 'xlsx') {
        const { name, book } = await exportSheet(app.db, actor, given.id, query, locale)
        return asFile(reply, name, query.format).send(book)
      }
      const { name, lines } = await exportCsv(app.db, actor, given.id, query, locale)
      return asFile(reply, name, query.format).send(Readable.from(lines))
    },
  )
  app.get(
    '/determinations/:id/families/:family',
    {
      schema: {
        summary: 'One family with what it was decided on; opened with a reason first',
        tags,
        params: one,
        response: { 200: ResultDetail, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given } = request
      return app.db.as(actor, (tx) => readResult(tx, actor, given.id, given.family, localeOf(request)))
    },
  )
  app.put(
    '/determinations/:id/families/:family/hold',
    {
      validatorCompiler: everyFault,
      schema: {
        summary:
          'Hold a family out of the list or keep it on, with a reason; free places are filled from those who wait',
        tags,
        params: one,
        body: HoldAct,
        response: { 200: ResultRow, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given, body } = request
      return app.db.as(actor, async (tx) => {
        await decideSuspect(tx, actor, given.id, given.family, body)
        return findResult(tx, await getList(tx, given.id), given.family, localeOf(request))
      })
    },
  )
  app.delete(
    '/determinations/:id/families/:family/hold',
    {
      schema: {
        summary: 'Take back what was decided of a family',
        tags,
        params: one,
        response: { 200: ResultRow, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given } = request
      return app.db.as(actor, async (tx) => {
        await undecideSuspect(tx, actor, given.id, given.family)
        return findResult(tx, await getList(tx, given.id), given.family, localeOf(request))
      })
    },
  )
  app.get(
    '/determinations/:id/regions',
    {
      schema: {
        summary: 'Counts of the regions directly beneath one',
        tags,
        params,
        querystring: RegionsQuery,
        response: { 200: RegionCounts, ...failures },
      },
      config: readers,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => countRegions(tx, actor, id, query.region)),
  )
  app.get(
    '/determinations/:id/comparison',
    {
      schema: {
        summary: 'Beside the former list: who entered, left, or receives another amount',
        tags,
        params,
        response: { 200: Comparison, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => compareLists(tx, actor, id)),
  )
  app.get(
    '/determinations/:id/comparison/families',
    {
      schema: {
        summary: 'The families behind these counts',
        tags,
        params,
        querystring: ComparisonQuery,
        response: { 200: ComparisonPage, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given, query } = request
      return app.db.as(actor, (tx) => comparedFamilies(tx, actor, given.id, query, localeOf(request)))
    },
  )
  app.get(
    '/determinations/:id/checks',
    {
      schema: {
        summary: 'What should be looked at before it is approved',
        tags,
        params,
        response: { 200: Checks, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readChecks(tx, actor, id)),
  )
  app.post(
    '/determinations/:id/checks',
    {
      schema: {
        summary: 'Look again at what is known and reported now',
        tags,
        params,
        response: { 200: Checks, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id } }) =>
      app.db.as(actor, async (tx) => {
        await checkAgain(tx, actor, id)
        return readChecks(tx, actor, id)
      }),
  )
  app.get(
    '/determinations/:id/checks/families',
    {
      schema: {
        summary: 'The families behind these counts',
        tags,
        params,
        querystring: ChecksQuery,
        response: { 200: Results, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given, query } = request
      return app.db.as(actor, (tx) => suspectedFamilies(tx, actor, given.id, query, localeOf(request)))
    },
  )
}
