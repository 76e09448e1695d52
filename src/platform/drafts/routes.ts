import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { type TSchema, Type } from 'typebox'
import { countHit, uploadLimits } from '#src/platform/http/limits.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { type Kept, takeFile } from '#src/platform/http/take-file.ts'
import type { Db } from '#src/platform/db/index.ts'
import type { Drafts } from './drafts.ts'
import { DraftContent } from './schema.ts'

const headers = Type.Object({ 'x-draft': Type.String({ minLength: 10, maxLength: 120, description: '<id>.<token>' }) })
const fileParams = Type.Object({ id: Type.String({ format: 'uuid' }) })
const config = { access: 'public' } as const

type Kind<File extends Kept> = {
  /** '/drafts' */
  path: string
  tags: string[]
  drafts: Drafts<File>
  /** A draft as its page reads it. */
  shown: TSchema
  /** Of an uploaded file and what came beside it: what is kept. */
  keep: (file: Kept, fields: Record<string, string>) => File
  submit: {
    path: string
    summary: string
    response: TSchema
    work: (db: Db, secret: Buffer, header: string) => Promise<unknown>
  }
}

/** What a stranger types on the web, kept from page to page without JavaScript. */
export const draftRoutes =
  <File extends Kept>({ path, tags, drafts, shown, keep, submit }: Kind<File>): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.post(
      path,
      {
        schema: {
          summary: 'Begin',
          tags,
          response: {
            201: Type.Object({
              id: Type.String({ format: 'uuid' }),
              token: Type.String(),
              expiresAt: Type.String({ format: 'date-time' }),
            }),
            ...problems(429),
          },
        },
        config,
      },
      async (request, reply) => {
        await countHit(app.db, app.secret, 'draft', request.ip)
        return reply.code(201).send(await drafts.open(app.db))
      },
    )
    app.get(
      `${path}/current`,
      {
        schema: { summary: 'What was typed so far', tags, headers, response: { 200: shown, ...problems(400, 404) } },
        config,
      },
      async (request) => drafts.with(app.db, request.headers['x-draft'], async (_, row) => drafts.present(row)),
    )
    app.put(
      `${path}/current`,
      {
        schema: {
          summary: 'Keep what was typed, right or wrong',
          tags,
          headers,
          body: Type.Object({ content: DraftContent }, { additionalProperties: false }),
          response: { 200: shown, ...problems(400, 404) },
        },
        config,
      },
      async (request) =>
        drafts.with(app.db, request.headers['x-draft'], async (tx, row) => {
          await drafts.saveContent(tx, row.id, request.body.content)
          return drafts.present({ ...row, content: request.body.content })
        }),
    )
    app.post(
      `${path}/current/files`,
      {
        schema: {
          summary: 'Add a photo or PDF (multipart field `file`)',
          tags,
          headers,
          consumes: ['multipart/form-data'],
          response: { 201: shown, ...problems(400, 404, 409, 413, 415, 429) },
        },
        config,
      },
      async (request, reply) => {
        await countHit(app.db, app.secret, 'upload', request.ip)
        const header = request.headers['x-draft']
        // Looked up before the upload is read, so that a stranger cannot fill the disk.
        const limits = await drafts.with(app.db, header, async (tx, row) => {
          const most = await uploadLimits(tx)
          if (row.files.length >= most.files) throw conflict('too_many_files_added', { limit: most.files })
          return most
        })
        const { fields, ...file } = await takeFile(request, app.files, limits)
        const draft = await drafts.with(app.db, header, async (tx, row) => {
          const files = [...row.files, keep(file, fields)]
          if (files.length > limits.files) throw conflict('too_many_files_added', { limit: limits.files })
          await drafts.saveFiles(tx, row.id, files)
          return drafts.present({ ...row, files })
        })
        return reply.code(201).send(draft)
      },
    )
    app.delete(
      `${path}/current/files/:id`,
      {
        schema: {
          summary: 'Take a file away again',
          tags,
          headers,
          params: fileParams,
          response: { 200: shown, ...problems(400, 404) },
        },
        config,
      },
      async (request) =>
        drafts.with(app.db, request.headers['x-draft'], async (tx, row) => {
          const files = row.files.filter((one) => one.id !== request.params.id)
          await drafts.saveFiles(tx, row.id, files)
          return drafts.present({ ...row, files })
        }),
    )
    app.get(
      `${path}/current/files/:id`,
      {
        schema: { summary: 'A picture of a photo of the draft, else the file', tags, headers, params: fileParams },
        config,
      },
      async (request, reply) => {
        const file = await drafts.with(app.db, request.headers['x-draft'], async (_, row) =>
          row.files.find((one) => one.id === request.params.id),
        )
        if (!file) throw notFound('file')
        return sendFile(app.files, reply, file, true)
      },
    )
    app.post(
      `${path}/current/${submit.path}`,
      {
        schema: {
          summary: submit.summary,
          tags,
          headers,
          response: { 201: submit.response, ...problems(400, 404, 409, 422, 429) },
        },
        config,
      },
      async (request, reply) => {
        await countHit(app.db, app.secret, 'filing', request.ip)
        return reply.code(201).send(await submit.work(app.db, app.secret, request.headers['x-draft']))
      },
    )
  }
