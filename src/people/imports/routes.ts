import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { recordAct } from '#src/platform/audit/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { FileTooLarge, harmlessName, NoSuchFile } from '#src/platform/files/index.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { conflict, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { enqueue } from '#src/platform/jobs/index.ts'
import { beginCheck, cancelImport, confirmImport, mapImport, pauseImport, resumeImport } from './acts.ts'
import { fields } from './columns.ts'
import { failedCsv, failedWorkbook } from './failed-file.ts'
import { Unreadable } from './file/row.ts'
import { checkImportJob, loadImportJob } from './jobs.ts'
import { listImported } from './listed.ts'
import { authorizeImport } from './policy.ts'
import { getImportDetail, listImports, remarksByRow } from './queries.ts'
import { importLimits, receiveImport } from './receive.ts'
import { removeUnlessUsed } from './retention.ts'
import { getImport } from './run.ts'
import {
  FailedQuery,
  ImportDetail,
  ImportedQuery,
  ImportedRows,
  ImportLimits,
  ImportList,
  ImportMade,
  ImportMapping,
  ImportParams,
} from './schema.ts'

const MB = 1_048_576
const WORKBOOK_ROWS = 50_000
const tags = ['register: imports']
const access = ['officer', 'supervisor'] as const
const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** Files into the register: sent, tried, confirmed, loaded behind the scenes. */
export const importRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/register/imports',
    {
      schema: {
        summary: 'The newest imports of the region',
        tags,
        response: { 200: ImportList, ...problems(401, 403) },
      },
      config: { access },
    },
    async (request) => {
      authorizeImport(request.actor)
      return app.db.as(request.actor, async (tx) => ({ imports: await listImports(tx, localeOf(request)) }))
    },
  )

  app.get(
    '/register/imports/limits',
    {
      schema: {
        summary: 'How large a file may be, and what its columns can be',
        tags,
        response: { 200: ImportLimits, ...problems(401, 403) },
      },
      config: { access },
    },
    async ({ actor }) => {
      authorizeImport(actor)
      return app.db.as(actor, async (tx) => ({
        ...(await importLimits(tx, actor.at)),
        fields: [...fields],
        programmes: await tx.selectFrom('programme').select(['code', 'name']).orderBy('name').execute(),
      }))
    },
  )

  app.post(
    '/register/imports',
    {
      schema: {
        summary: 'Send a CSV or XLSX file (multipart, field `file`)',
        tags,
        consumes: ['multipart/form-data'],
        response: { 201: ImportMade, ...problems(400, 401, 403, 413, 415) },
      },
      config: { access },
    },
    async (request, reply) => {
      const { actor } = request
      authorizeImport(actor)
      const limits = await app.db.as(actor, (tx) => importLimits(tx, actor.at))
      const file = await keepTable(request, limits.megabytes)
      try {
        const made = await receiveImport(app.db, actor, file, () => app.files.get(file.fileId), limits)
        return await reply.code(201).send(made)
      } catch (error) {
        await removeUnlessUsed(app.db, app.files, file.fileId)
        if (error instanceof Unreadable)
          throw invalid({ field: 'file', code: `import_${error.code}`, params: error.params })
        throw error
      }
    },
  )

  /** The one file of a multipart request, straight to the disk; what it is, is found out by reading it. */
  async function keepTable(request: FastifyRequest, megabytes: number) {
    if (!request.isMultipart()) throw new Problem(415, 'unsupported_media_type')
    let kept: { fileId: string; name: string; bytes: number } | undefined
    const tooLarge = () => invalid({ field: 'file', code: 'file_too_large', params: { limit: megabytes } })
    for await (const part of request.parts({ limits: { fileSize: megabytes * MB + 1 } })) {
      if (part.type !== 'file') continue
      if (kept) {
        part.file.resume()
        continue
      }
      try {
        const stored = await app.files.put(part.file, { maxBytes: megabytes * MB })
        kept = { fileId: stored.id, name: nameOf(part.filename), bytes: stored.size }
      } catch (error) {
        part.file.resume()
        throw error instanceof FileTooLarge ? tooLarge() : error
      }
      if (part.file.truncated) throw tooLarge()
    }
    if (!kept) throw invalid({ field: 'file', code: 'required' })
    if (kept.bytes === 0) throw invalid({ field: 'file', code: 'file_empty' })
    return kept
  }

  app.get(
    '/register/imports/:id',
    {
      schema: {
        summary: 'One import: columns, counts, reasons, progress',
        tags,
        params: ImportParams,
        response: { 200: ImportDetail, ...problems(400, 401, 403, 404) },
      },
      config: { access },
    },
    async (request) => {
      authorizeImport(request.actor)
      return app.db.as(request.actor, (tx) => getImportDetail(tx, request.actor, request.params.id, localeOf(request)))
    },
  )

  app.get(
    '/register/imports/:id/rows',
    {
      schema: {
        summary: 'The families or persons an import made or changed, names masked',
        tags,
        params: ImportParams,
        querystring: ImportedQuery,
        response: { 200: ImportedRows, ...problems(400, 401, 403, 404) },
      },
      config: { access },
    },
    async ({ actor, params, query }) => {
      authorizeImport(actor)
      return app.db.as(actor, (tx) => listImported(tx, actor, params.id, query))
    },
  )

  app.put(
    '/register/imports/:id/mapping',
    {
      schema: {
        summary: 'Say what the columns are; what was tried before is forgotten',
        tags,
        params: ImportParams,
        body: ImportMapping,
        response: { 200: ImportDetail, ...problems(400, 401, 403, 404, 409) },
      },
      config: { access },
    },
    async (request) => {
      const { actor, params, body } = request
      authorizeImport(actor)
      return app.db.as(actor, async (tx) => {
        await mapImport(tx, actor, params.id, body)
        return getImportDetail(tx, actor, params.id, localeOf(request))
      })
    },
  )

  const acts: Record<string, { summary: string; work: (tx: Tx, actor: Actor, id: string) => Promise<unknown> }> = {
    check: {
      summary: 'Try every row without loading it, behind the scenes',
      work: async (tx, actor, id) => {
        await beginCheck(tx, actor, id)
        await enqueue(tx, checkImportJob, { id })
      },
    },
    confirm: {
      summary: 'Load what was tried, behind the scenes',
      work: async (tx, actor, id) => {
        await confirmImport(tx, actor, id)
        await enqueue(tx, loadImportJob, { id })
      },
    },
    pause: { summary: 'Stop after the batch under way', work: pauseImport },
    resume: {
      summary: 'Go on where it was paused',
      work: async (tx, actor, id) => {
        await resumeImport(tx, actor, id)
        await enqueue(tx, loadImportJob, { id })
      },
    },
    cancel: { summary: 'End it; what was loaded stays', work: cancelImport },
  }
  for (const [name, { summary, work }] of Object.entries(acts))
    app.post(
      `/register/imports/:id/${name}`,
      {
        schema: {
          summary,
          tags,
          params: ImportParams,
          response: { 200: ImportDetail, ...problems(400, 401, 403, 404, 409) },
        },
        config: { access },
      },
      async (request) => {
        const { actor, params } = request
        authorizeImport(actor)
        return app.db.as(actor, async (tx) => {
          await work(tx, actor, params.id)
          return getImportDetail(tx, actor, params.id, localeOf(request))
        })
      },
    )

  app.get(
    '/register/imports/:id/failed',
    {
      schema: {
        summary:
          'The rows that failed (or were warned of) as they were sent, each with the reason: to mend and send again',
        tags,
        params: ImportParams,
        querystring: FailedQuery,
        response: problems(400, 401, 403, 404, 409),
      },
      config: { access },
    },
    async (request, reply) => {
      const { actor, params, query } = request
      authorizeImport(actor)
      const locale = localeOf(request)
      const { record, reasons } = await app.db.as(actor, async (tx) => {
        const found = await getImport(tx, params.id)
        return { record: found, reasons: await remarksByRow(tx, params.id, query.warned ?? false) }
      })
      if (record.actor.officeId !== actor.officeId) throw notFound('import')
      // A look at people's data as a file: written down before anything leaves.
      await app.db.as(actor, (tx) =>
        recordAct(tx, {
          act: 'export',
          subject: 'register_import',
          subjectId: params.id,
          regionCode: record.regionCode,
          detail: { rows: reasons.size, warned: query.warned ?? false },
        }),
      )
      const content = () => app.files.get(record.fileId)
      if (!(await app.files.find(record.fileId))) throw conflict('import_file_gone')
      const format = query.format ?? (reasons.size <= WORKBOOK_ROWS ? 'xlsx' : 'csv')
      if (format === 'xlsx' && reasons.size > WORKBOOK_ROWS)
        throw invalid({ field: 'format', code: 'import_workbook_rows', params: { limit: WORKBOOK_ROWS } })
      const name = `${record.number}-${query.warned ? 'peringatan' : 'gagal'}.${format}`
      try {
        return format === 'xlsx'
          ? await asFile(reply, name, WORKBOOK).send(await failedWorkbook(content, record.form, reasons, locale))
          : await asFile(reply, name, 'text/csv; charset=utf-8').send(failedCsv(content, record.form, reasons, locale))
      } catch (error) {
        if (error instanceof NoSuchFile) throw conflict('import_file_gone')
        throw error
      }
    },
  )
}

const asFile = (reply: FastifyReply, name: string, type: string): FastifyReply =>
  reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'private, no-store')

/** Safe to show; keeps the ending it came with, if that is one of a table. */
function nameOf(sent: string): string {
  const ending = /\.(csv|tsv|txt|xlsx|xlsm)$/i.exec(sent)?.[1]?.toLowerCase() ?? 'csv'
  return harmlessName(sent.replace(/\.[a-z]{3,4}$/i, ''), ending)
}
