import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { countHit, uploadLimits } from '#src/platform/http/limits.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { filesOf, openDraft, present, saveContent, saveFiles, submitDraft, withDraft } from '../drafts.ts'
import { DraftContent, ProposalDraft, Submitted } from '../schema.ts'
import { whatOf } from './proposals.ts'

const tags = ['proposals: drafts of citizens']
const headers = Type.Object({ 'x-draft': Type.String({ minLength: 10, maxLength: 120, description: '<id>.<token>' }) })
const fileParams = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** What a citizen types on the web, kept from page to page without JavaScript. */
export const proposalDraftRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/proposal-drafts',
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
    '/proposal-drafts/current',
    {
      schema: {
        summary: 'What was typed so far',
        tags,
        headers,
        response: { 200: ProposalDraft, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async (request) => withDraft(app.db, request.headers['x-draft'], async (_, row) => present(row)),
  )
  app.put(
    '/proposal-drafts/current',
    {
      schema: {
        summary: 'Keep what was typed, right or wrong',
        tags,
        headers,
        body: Type.Object({ content: DraftContent }, { additionalProperties: false }),
        response: { 200: ProposalDraft, ...problems(400, 404) },
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
    '/proposal-drafts/current/files',
    {
      schema: {
        summary: 'Add a photo (multipart field `file`; field `what`: identity_card, family_card, house, other)',
        tags,
        headers,
        consumes: ['multipart/form-data'],
        response: { 201: ProposalDraft, ...problems(400, 404, 409, 413, 415, 429) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      await countHit(app.db, app.secret, 'upload', request.ip)
      const header = request.headers['x-draft']
      const limits = await withDraft(app.db, header, async (tx, row) => {
        const most = await uploadLimits(tx)
        if (filesOf(row).length >= most.files) throw conflict('too_many_files')
        return most
      })
      const { fields, ...file } = await takeFile(request, app.files, limits)
      const draft = await withDraft(app.db, header, async (tx, row) => {
        const files = [...filesOf(row), { ...file, what: whatOf(fields['what']) }]
        if (files.length > limits.files) throw conflict('too_many_files')
        await saveFiles(tx, row.id, files)
        return present({ ...row, files })
      })
      return reply.code(201).send(draft)
    },
  )
  app.delete(
    '/proposal-drafts/current/files/:id',
    {
      schema: {
        summary: 'Take a photo away again',
        tags,
        headers,
        params: fileParams,
        response: { 200: ProposalDraft, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async (request) =>
      withDraft(app.db, request.headers['x-draft'], async (tx, row) => {
        const files = filesOf(row).filter((one) => one.id !== request.params.id)
        await saveFiles(tx, row.id, files)
        return present({ ...row, files })
      }),
  )
  app.get(
    '/proposal-drafts/current/files/:id',
    { schema: { summary: 'A photo of the draft', tags, headers, params: fileParams }, config: { access: 'public' } },
    async (request, reply) => {
      const file = await withDraft(app.db, request.headers['x-draft'], async (_, row) =>
        filesOf(row).find((one) => one.id === request.params.id),
      )
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, true)
    },
  )
  app.post(
    '/proposal-drafts/current/submit',
    {
      schema: {
        summary: 'Send it; sending twice proposes once',
        tags,
        headers,
        response: { 201: Submitted, ...problems(400, 404, 409, 422, 429) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      await countHit(app.db, app.secret, 'filing', request.ip)
      return reply.code(201).send(await submitDraft(app.db, app.secret, request.headers['x-draft']))
    },
  )
}
