import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Actor, Db } from '#src/platform/db/index.ts'
import { localeOf, type Locale } from '#src/platform/http/locale.ts'
import { Problem, tooMany } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { InboxQuery } from '../schema.ts'
import { BOM, csvLines, tablesAsCsv } from './csv.ts'
import { caseHead, exportCases, recordExport } from './export-cases.ts'
import { readStatistics } from './figures.ts'
import { chosenMonths } from './months.ts'
import { authorizeStatistics } from './policy.ts'
import { getStatisticsRule } from './rules.ts'
import { ExportQuery, RegionParams } from './schema.ts'
import { statisticsTables, type Cell } from './tables.ts'
import { workbook, WORKBOOK } from './workbook.ts'

const { after: _after, limit: _limit, ...filters } = InboxQuery.properties
const CaseExport = Type.Object({ ...filters, format: Type.Enum(['csv', 'xlsx']) }, { additionalProperties: false })

/** How many lists one process hands out at once; each holds a connection to the database while it is read. */
const AT_ONCE = 2
/** A reader that takes nothing for so long has gone away. */
const PATIENCE_MS = 30_000

/** Figures and lists of cases as files: CSV for Indonesian spreadsheets, or a workbook. */
export const exportRoutes: FastifyPluginAsyncTypebox = async (app) => {
  let running = 0

  app.get(
    '/statistics/:regionCode/export',
    {
      schema: {
        summary: 'The figures of a region as a file',
        tags: ['statistics'],
        params: RegionParams,
        querystring: ExportQuery,
        response: problems(400, 401, 403, 404),
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async (request, reply) => {
      const { actor, params, query } = request
      authorizeStatistics(actor, params.regionCode)
      const months = chosenMonths(query, actor.at)
      const locale = localeOf(request)
      const statistics = await app.db.as(actor, (tx) => readStatistics(tx, actor, params.regionCode, months, locale))
      const tables = statisticsTables(statistics, locale)
      const name = `${sentence('statistics_file_figures', locale)}-${params.regionCode}-${months.from}-${months.to}`
      const head = ['section', 'row', 'measure', 'value'].map((key) => sentence(`statistics_${key}`, locale))
      return query.format === 'csv'
        ? asFile(reply, `${name}.csv`, 'text/csv; charset=utf-8').send(tablesAsCsv(tables, head))
        : asFile(reply, `${name}.xlsx`, WORKBOOK).send(await workbook(tables))
    },
  )

  app.get(
    '/complaints/export',
    {
      schema: {
        summary: 'The list of cases with its filters as a file: masked, without the words of confidential cases',
        tags: ['complaints: casework'],
        querystring: CaseExport,
        response: problems(400, 401, 403, 413, 429),
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async (request, reply) => {
      const { actor, query } = request
      const { format, ...list } = query
      const locale = localeOf(request)
      if (running >= AT_ONCE) throw tooMany(10)
      running++
      try {
        // Written before anything leaves, and in a transaction of its own: the long one that follows only reads.
        await app.db.as(actor, (tx) => recordExport(tx, actor, format, list))
        const name = `${sentence('statistics_file_cases', locale)}-${actor.regionCode}-${actor.at.toISOString().slice(0, 10)}`
        if (format === 'xlsx') {
          const rows = await rowsForWorkbook(app.db, actor, list, locale)
          const title = sentence('statistics_file_cases', locale)
          const book = await workbook([{ title, head: caseHead(locale), rows, shares: new Set() }])
          return await asFile(reply, `${name}.xlsx`, WORKBOOK).send(book)
        }
        const { stream, ended } = await streamCsv(app.db, actor, list, locale)
        running++
        void ended.finally(() => running--)
        return await asFile(reply, `${name}.csv`, 'text/csv; charset=utf-8').send(stream)
      } finally {
        running--
      }
    },
  )
}

const asFile = (reply: FastifyReply, name: string, type: string) =>
  reply.type(type).header('content-disposition', `attachment; filename="${name}"`)

async function rowsForWorkbook(db: Db, actor: Actor, query: InboxQuery, locale: Locale): Promise<Cell[][]> {
  return db.as(actor, async (tx) => {
    const { workbookRows } = await getStatisticsRule(tx)
    const rows: Cell[][] = []
    await exportCases(tx, actor, query, locale, (more) => {
      rows.push(...more)
      if (rows.length > workbookRows) throw new Problem(413, 'export_too_long', { rows: workbookRows })
    })
    return rows
  })
}

/**
 * A list of any length in constant memory: the next thousand cases are read when the reader has taken the last. Resolves
 * with the first of them, so that what is refused is still answered as a problem. A later failure breaks the download off.
 */
async function streamCsv(db: Db, actor: Actor, query: InboxQuery, locale: Locale) {
  const stream = new PassThrough({ highWaterMark: 256 * 1024 })
  stream.write(BOM + csvLines([caseHead(locale)]))
  const first = Promise.withResolvers<void>()
  const ended = db
    .as(actor, (tx) =>
      exportCases(tx, actor, query, locale, async (rows) => {
        first.resolve()
        if (stream.destroyed) throw new Error('the reader has gone')
        if (!stream.write(csvLines(rows))) await once(stream, 'drain', { signal: AbortSignal.timeout(PATIENCE_MS) })
      }),
    )
    .then(() => void stream.end())
    .catch((error: unknown) => {
      first.reject(error)
      stream.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  // Without a listener an early failure, answered as a problem, would end the process.
  stream.on('error', () => {})
  await Promise.race([first.promise, ended])
  await (stream.destroyed ? first.promise : undefined)
  return { stream, ended }
}
