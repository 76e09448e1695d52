import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { uploadLimits } from '#src/platform/http/limits.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { readStep, workDay } from './day.ts'
import { findPhoto, keepPhoto, requirePhotoPlace } from './photos.ts'
import { Photo, Recorded, StepPage, StepReport, WorkDay } from './schema.ts'
import { recordStep } from './work.ts'

const tags = ['services: in the field']
const id = Type.String({ format: 'uuid' })
const params = Type.Object({ id, seq: Type.Integer({ minimum: 1, maximum: 100_000 }) })
const failures = problems(400, 401, 403, 404, 409)
const everybody = { access: ['officer', 'supervisor', 'pillar'] } as const

/** A case worker's day, and recording what came of a step. */
export const serviceFieldRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/services/day',
    {
      schema: { summary: 'What one has to do: overdue, today, soon', tags, response: { 200: WorkDay, ...failures } },
      config: everybody,
    },
    async ({ actor }, reply) => {
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => workDay(tx, actor))
    },
  )
  app.get(
    '/services/cases/:id/steps/:seq',
    {
      schema: {
        summary: 'A step and what its page asks',
        tags,
        params,
        response: { 200: StepPage, ...failures },
      },
      config: everybody,
    },
    async ({ actor, params: { id: caseId, seq } }, reply) => {
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => readStep(tx, actor, caseId, seq))
    },
  )
  app.post(
    '/services/cases/:id/steps/:seq/record',
    {
      schema: {
        summary: 'What came of a step; the same id twice is one report',
        tags,
        params,
        body: StepReport,
        response: { 200: Recorded, ...failures },
      },
      config: everybody,
    },
    async ({ actor, params: { id: caseId, seq }, body }) =>
      app.db.as(actor, (tx) => recordStep(tx, actor, caseId, seq, body)),
  )
  app.post(
    '/services/cases/:id/steps/:seq/photos',
    {
      schema: {
        summary: 'Add a photo (multipart field `file`) before the step is recorded',
        tags,
        params,
        consumes: ['multipart/form-data'],
        response: { 201: Photo, ...failures, ...problems(413, 415) },
      },
      config: everybody,
    },
    async (request, reply) => {
      const {
        actor,
        params: { id: caseId, seq },
      } = request
      // Looked up before the upload is read, so that a stranger cannot fill the disk.
      const limits = await app.db.as(actor, async (tx) => {
        await requirePhotoPlace(tx, actor, caseId, seq)
        return uploadLimits(tx)
      })
      const { fields: _, ...file } = await takeFile(request, app.files, limits)
      await app.db.as(actor, (tx) => keepPhoto(tx, actor, caseId, seq, file))
      return reply.code(201).send({ id: file.id, name: file.name, bytes: file.bytes })
    },
  )
  app.get(
    '/services/cases/:id/photos/:photo',
    {
      schema: {
        summary: 'A photo of a step, or its thumbnail',
        tags,
        params: Type.Object({ id, photo: id }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: everybody,
    },
    async ({ actor, params: { id: caseId, photo }, query }, reply) =>
      sendFile(app.files, reply, await app.db.as(actor, (tx) => findPhoto(tx, caseId, photo)), query.thumbnail),
  )
}
