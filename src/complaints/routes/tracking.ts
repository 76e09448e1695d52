import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Citizen, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { countHit, uploadLimits } from '#src/platform/http/limits.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { citizenReplies, reopen, satisfied, withdraw } from '../citizen.ts'
import { Tracking } from '../schema.ts'
import { findTracked, viewTracked } from '../tracking.ts'
import { keepAttachment } from '../uploads.ts'

const tags = ['complaints: following one by number']
const headers = Type.Object({
  'x-tracking': Type.String({ minLength: 8, maxLength: 80, description: '<number> <secret>' }),
})
const Words = Type.Object({ body: Type.String({ minLength: 1, maxLength: 5000 }) }, { additionalProperties: false })
const Reason = Type.Object({ reason: Type.String({ minLength: 3, maxLength: 2000 }) }, { additionalProperties: false })
const failures = problems(400, 404, 409, 429)
const fileParams = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** The citizen's side of a case, opened by number and secret. */
export const trackingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const tracked = (request: FastifyRequest) =>
    findTracked(app.db, app.secret, String(request.headers['x-tracking']), request.ip)
  const act = async (request: FastifyRequest, work: (tx: Tx, citizen: Citizen) => Promise<void>) => {
    const citizen = await tracked(request)
    return app.db.as(citizen, async (tx) => {
      await work(tx, citizen)
      return viewTracked(tx, citizen)
    })
  }

  app.get(
    '/tracking',
    {
      schema: { summary: 'The whole path in plain words', tags, headers, response: { 200: Tracking, ...failures } },
      config: { access: 'public' },
    },
    async (request) => {
      const citizen = await tracked(request)
      return app.db.as(citizen, (tx) => viewTracked(tx, citizen))
    },
  )
  app.post(
    '/tracking/reply',
    {
      schema: { summary: 'Write to the office', tags, headers, body: Words, response: { 200: Tracking, ...failures } },
      config: { access: 'public' },
    },
    async (request) => act(request, (tx, citizen) => citizenReplies(tx, citizen, request.body.body)),
  )
  app.post(
    '/tracking/evidence',
    {
      schema: {
        summary: 'Add a photo or PDF (multipart field `file`, optional field `note`)',
        tags,
        headers,
        consumes: ['multipart/form-data'],
        response: { 200: Tracking, ...failures, ...problems(413, 415) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      await countHit(app.db, app.secret, 'upload', request.ip)
      const citizen = await tracked(request)
      const limits = await app.db.asPublic(uploadLimits)
      const { fields, ...file } = await takeFile(request, app.files, limits)
      const note = fields['note']?.trim().slice(0, 5000)
      return act(request, async (tx) => {
        await citizenReplies(tx, citizen, note ? note : null, file.id)
        await keepAttachment(tx, citizen.complaintId, file, { accountId: null, role: 'citizen' }, true, citizen.at)
      })
    },
  )
  app.post(
    '/tracking/withdraw',
    {
      schema: {
        summary: 'Take the complaint back',
        tags,
        headers,
        body: Reason,
        response: { 200: Tracking, ...failures },
      },
      config: { access: 'public' },
    },
    async (request) => act(request, (tx, citizen) => withdraw(tx, citizen, request.body.reason)),
  )
  app.post(
    '/tracking/satisfied',
    {
      schema: { summary: 'It is settled', tags, headers, response: { 200: Tracking, ...failures } },
      config: { access: 'public' },
    },
    async (request) => act(request, satisfied),
  )
  app.post(
    '/tracking/reopen',
    {
      schema: {
        summary: 'It is not settled: open it again',
        tags,
        headers,
        body: Words,
        response: { 200: Tracking, ...failures },
      },
      config: { access: 'public' },
    },
    async (request) => act(request, (tx, citizen) => reopen(tx, citizen, request.body.body)),
  )
  app.get(
    '/tracking/files/:id',
    {
      schema: {
        summary: 'A file of the case',
        tags,
        headers,
        params: fileParams,
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const citizen = await tracked(request)
      const file = await app.db.as(citizen, (tx) =>
        tx
          .selectFrom('attachment')
          .select(['file_id as fileId', 'name', 'media_type as mediaType'])
          .where('complaint_id', '=', citizen.complaintId)
          .where('id', '=', request.params.id)
          .executeTakeFirst(),
      )
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, request.query.thumbnail)
    },
  )
  app.get(
    '/tracking/letters/:id',
    {
      schema: { summary: 'A letter of the case, PDF', tags, headers, params: fileParams },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const citizen = await tracked(request)
      const letter = await app.db.as(citizen, (tx) =>
        tx
          .selectFrom('letter')
          .select(['file_id as fileId', 'number'])
          .where('complaint_id', '=', citizen.complaintId)
          .where('id', '=', request.params.id)
          .executeTakeFirst(),
      )
      if (!letter) throw notFound('letter')
      return sendFile(app.files, reply, {
        fileId: letter.fileId,
        name: `${letter.number.replaceAll('/', '-')}.pdf`,
        mediaType: 'application/pdf',
      })
    },
  )
}
