import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sql } from 'kysely'
import { m } from '#messages'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { enqueue } from '#src/platform/jobs/index.ts'
import { recordAct } from '#src/platform/audit/index.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { openFamily } from '../register/index.ts'
import { scanJob } from './jobs.ts'
import { markDifferent, mergePair, undoMerge } from './merge.ts'
import { authorizePairs, authorizeScan } from './policy.ts'
import { familiesOfPair, getPair, latestScan, listPairs } from './queries.ts'
import { readReport } from './reports.ts'
import { askForScan } from './scan.ts'
import {
  MergeBody,
  MergeParams,
  Pair,
  PairParams,
  Pairs,
  PairsQuery,
  ReasonBody,
  ReferBody,
  Report,
  type ReportKind,
  ReportParams,
  ReportQuery,
  Scan,
} from './schema.ts'

const staff = { access: ['officer', 'supervisor'] as ('officer' | 'supervisor')[] }
const tags = ['register: linkage']
const Done = Type.Object({ done: Type.Boolean() }, { additionalProperties: false })

/** The same person twice: lists, one pair side by side, deciding, taking back, reports. */
export const linkageRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/register/pairs',
    {
      schema: {
        summary: 'Pairs of people who may be one person, of a region',
        tags,
        querystring: PairsQuery,
        response: { 200: Pairs, ...problems(400, 401, 403) },
      },
      config: staff,
    },
    async ({ actor, query }, reply) => {
      authorizePairs(actor)
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, async (tx) => {
        const pairs = await listPairs(tx, actor, query)
        const regionCode = query.region ?? actor.regionCode
        await recordAct(tx, {
          act: 'look',
          subject: 'link_pairs',
          subjectId: regionCode,
          regionCode,
          detail: { rows: pairs.items.length },
        })
        return pairs
      })
    },
  )

  app.post(
    '/register/pairs/refer',
    {
      schema: {
        summary: 'Ask the tier that sees both persons of a pair to decide',
        tags,
        body: ReferBody,
        response: { 200: Done, ...problems(400, 401, 403, 404) },
      },
      config: staff,
    },
    async ({ actor, body }) => {
      authorizePairs(actor)
      const { rows } = await app.db.as(actor, (tx) =>
        sql<{ done: boolean }>`select refer_link_pair(${body.key}) as done`.execute(tx),
      )
      if (!rows[0]?.done) throw notFound('pair')
      return { done: true }
    },
  )

  app.get(
    '/register/pairs/:left/:right',
    {
      schema: {
        summary: 'Both persons of a pair side by side, with what each field says',
        tags,
        params: PairParams,
        response: { 200: Pair, ...problems(400, 401, 403, 404) },
      },
      config: staff,
    },
    async (request, reply) => {
      const { actor, params } = request
      authorizePairs(actor)
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, async (tx) => {
        const pair = await getPair(tx, actor, params.left, params.right, localeOf(request))
        await recordAct(tx, {
          act: 'look',
          subject: 'link_pair',
          subjectId: `${params.left}/${params.right}`,
          regionCode: pair.left.regionCode,
        })
        return pair
      })
    },
  )

  app.post(
    '/register/pairs/:left/:right/open',
    {
      schema: {
        summary: 'Open the families of both persons, with a reason',
        tags,
        params: PairParams,
        body: ReasonBody,
        response: { 200: Done, ...problems(400, 401, 403, 404) },
      },
      config: staff,
    },
    async ({ actor, params, body }) => {
      authorizePairs(actor)
      return app.db.as(actor, async (tx) => {
        for (const familyId of await familiesOfPair(tx, params.left, params.right))
          await openFamily(tx, actor, { familyId, reason: body.reason, work: 'linkage' })
        return { done: true }
      })
    },
  )

  app.post(
    '/register/pairs/:left/:right/merge',
    {
      schema: {
        summary: 'Make one record of two; can be taken back',
        tags,
        params: PairParams,
        body: MergeBody,
        response: { 200: MergeParams, ...problems(400, 401, 403, 404, 409) },
      },
      config: staff,
    },
    async ({ actor, params, body }) => {
      authorizePairs(actor)
      return app.db.as(actor, async (tx) => ({
        id: await mergePair(tx, actor, params.left, params.right, body as MergeBody),
      }))
    },
  )

  app.post(
    '/register/pairs/:left/:right/different',
    {
      schema: {
        summary: 'Two people after all, for good',
        tags,
        params: PairParams,
        body: ReasonBody,
        response: { 200: Done, ...problems(400, 401, 403, 404, 409) },
      },
      config: staff,
    },
    async ({ actor, params, body }) => {
      authorizePairs(actor)
      await app.db.as(actor, (tx) => markDifferent(tx, actor, params.left, params.right, body.reason))
      return { done: true }
    },
  )

  app.post(
    '/register/merges/:id/undo',
    {
      schema: {
        summary: 'Take a merge back: both records stand again as before',
        tags,
        params: MergeParams,
        body: ReasonBody,
        response: { 200: Done, ...problems(400, 401, 403, 404, 409) },
      },
      config: staff,
    },
    async ({ actor, params, body }) => {
      authorizePairs(actor)
      await app.db.as(actor, (tx) => undoMerge(tx, actor, params.id, body.reason))
      return { done: true }
    },
  )

  app.post(
    '/register/scans',
    {
      schema: {
        summary: 'Search the whole register for people who are there twice, in the background',
        tags,
        response: { 202: Scan, ...problems(401, 403) },
      },
      config: { access: ['supervisor'] },
    },
    async ({ actor }, reply) => {
      authorizeScan(actor)
      const scan = await app.db.as(actor, async (tx) => {
        const scanId = await askForScan(tx, actor.accountId)
        await enqueue(tx, scanJob, { scanId })
        return latestScan(tx)
      })
      if (!scan) throw notFound('scan')
      return reply.status(202).send(scan)
    },
  )

  app.get(
    '/register/pairs/reports/:kind',
    {
      schema: {
        summary: 'Reports: pairs by region, one NIK twice, one person in two families, dead persons in receipt',
        tags,
        params: ReportParams,
        querystring: ReportQuery,
        response: { 200: Report, ...problems(400, 401, 403) },
      },
      config: staff,
    },
    async ({ actor, params, query }, reply) => {
      authorizePairs(actor)
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => recordedReport(tx, actor, params.kind, query.region, 'look'))
    },
  )

  app.get(
    '/register/pairs/reports/:kind/export',
    {
      schema: {
        summary: 'A report as CSV',
        tags,
        params: ReportParams,
        querystring: ReportQuery,
        produces: ['text/csv'],
        response: { 200: Type.String(), ...problems(400, 401, 403) },
      },
      config: staff,
    },
    async (request, reply) => {
      const { actor, params, query } = request
      authorizePairs(actor)
      const { rows } = await app.db.as(actor, (tx) => recordedReport(tx, actor, params.kind, query.region, 'export'))
      const words = { locale: localeOf(request) }
      const head = [
        m.linkage_report_region({}, words),
        m.linkage_report_count({}, words),
        m.linkage_report_first({}, words),
        m.linkage_report_second({}, words),
        m.linkage_report_nik({}, words),
        m.linkage_report_programme({}, words),
        m.linkage_report_died({}, words),
      ]
      const lines = rows.map((row) => [
        row.regionName,
        row.count,
        row.first,
        row.second,
        row.nik,
        row.programme,
        row.day,
      ])
      void reply
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="ganda-${params.kind}.csv"`)
        .type('text/csv; charset=utf-8')
      return `${BOM}${csvLines([head, ...lines])}`
    },
  )
}

async function recordedReport(
  tx: Tx,
  actor: Actor,
  kind: ReportKind,
  region: string | undefined,
  act: 'look' | 'export',
) {
  const report = await readReport(tx, actor, kind, region)
  const regionCode = region ?? actor.regionCode
  await recordAct(tx, {
    act,
    subject: 'link_report',
    subjectId: kind,
    regionCode,
    detail: { rows: report.rows.length },
  })
  return report
}
