import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { fileDraft, filesOf, openDraft, present, saveContent, saveFiles, withDraft } from '../drafts.ts'
import { countHit, uploadLimits } from '../limits.ts'
import { Draft, DraftContent, Filed } from '../schema.ts'
import { takeFile } from '../uploads.ts'
import { sendFile } from './files.ts'

const tags = ['complaints: drafts of citizens']
const headers = Type.Object({ 'x-draft': Type.String({ minLength: 10, maxLength: 120, description: '<id>.<token>' }) })
const fileParams = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** What a citizen types on the web, kept from page to page without JavaScript. */
export const draftRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/drafts',
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
      config: { access: 'public' },
    },
    async (request, reply) => {
      await countHit(app.db, app.secret, 'draft', request.ip)
      return reply.code(201).send(await openDraft(app.db))
    },
  )
  app.get(
    '/drafts/current',
    {
      schema: { summary: 'What was typed so far', tags, headers, response: { 200: Draft, ...problems(400, 404) } },
      config: { access: 'public' },
    },
    async (request) => withDraft(app.db, request.headers['x-draft'], async (_, row) => present(row)),
  )
  app.put(
    '/drafts/current',
    {
      schema: {
        summary: 'Keep what was typed, right or wrong',
        tags,
        headers,
        body: Type.Object({ content: DraftContent }, { additionalProperties: false }),
        response: { 200: Draft, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async (request) =>
      withDraft(app.db, request.headers['x-draft'], async (tx, row) => {
        await saveContent(tx, row.id, request.body.content)
        return present({ ...row, content: request.body.content })
      }),
  )
  app.post(
    '/drafts/current/files',
    {
      schema: {
        summary: 'Add a photo or PDF (multipart field `file`)',
        tags,
        headers,
        consumes: ['multipart/form-data'],
        response: { 200: Draft, ...problems(400, 404, 409, 413, 415, 429) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      await countHit(app.db, app.secret, 'upload', request.ip)
      // Looked up before the upload is read, so that a stranger cannot fill the disk.
      const limits = await withDraft(app.db, request.headers['x-draft'], async (tx, row) => {
        const found = await uploadLimits(tx)
        if (filesOf(row).length >= found.files) throw conflict('too_many_files_added', { limit: found.files })
        return found
      })
      const { fields: _, ...file } = await takeFile(request, app.files, limits)
      return withDraft(app.db, request.headers['x-draft'], async (tx, row) => {
        const files = [...filesOf(row), file]
        if (files.length > limits.files) throw conflict('too_many_files_added', { limit: limits.files })
        await saveFiles(tx, row.id, files)
        return present({ ...row, files })
      })
    },
  )
  app.delete(
    '/drafts/current/files/:id',
    {
      schema: {
        summary: 'Take a file away again',
        tags,
        headers,
        params: fileParams,
        response: { 200: Draft, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async (request) =>
      withDraft(app.db, request.headers['x-draft'], async (tx, row) => {
        const files = filesOf(row).filter((file) => file.id !== request.params.id)
        await saveFiles(tx, row.id, files)
        return present({ ...row, files })
      }),
  )
  app.get(
    '/drafts/current/files/:id',
    { schema: { summary: 'Look at a file again', tags, headers, params: fileParams }, config: { access: 'public' } },
    async (request, reply) => {
      const file = await withDraft(app.db, request.headers['x-draft'], async (_, row) =>
        filesOf(row).find((one) => one.id === request.params.id),
      )
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file)
    },
  )
  app.post(
    '/drafts/current/file',
    {
      schema: {
        summary: 'Send it: files the complaint, once',
        tags,
        headers,
        response: { 201: Filed, ...problems(400, 404, 409, 422, 429) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      await countHit(app.db, app.secret, 'filing', request.ip)
      return reply.code(201).send(await fileDraft(app.db, app.secret, request.headers['x-draft']))
    },
  )
}
