import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import { recordAct } from '#src/platform/audit/index.ts'
import { countHit, uploadLimits } from '#src/platform/http/limits.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { heldData } from './held.ts'
import { fileRequest, findRequester, refuseRequest, verifyIdentity, withdrawRequest } from './requests.ts'
import { holdRetention, listRetention } from './retention.ts'
import {
  DataRequest,
  DataRequestItem,
  FiledRequest,
  HeldData,
  NewDataRequest,
  RequestState,
  RetentionRule,
  RetentionRun,
  TrackedRequest,
  Verification,
} from './schema.ts'
import { getRequest, listRequests, viewTracked } from './view.ts'

const strict = { additionalProperties: false }
const tags = ['rights: what is held about a person']
const headers = Type.Object({
  'x-tracking': Type.String({ minLength: 8, maxLength: 80, description: '<number> <secret>' }),
})
const byId = Type.Object({ id: Type.String({ format: 'uuid' }) }, strict)
const staff = ['officer', 'supervisor'] as const
const failures = problems(400, 404, 409, 429)

export const rightsRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const tracked = (request: FastifyRequest) =>
    findRequester(app.db, app.secret, String(request.headers['x-tracking']), request.ip)

  app.post(
    '/rights/requests',
    {
      schema: {
        summary: 'Ask what is held about oneself, or for a correction',
        tags,
        body: NewDataRequest,
        response: { 200: FiledRequest, ...problems(400, 409, 422, 429) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      await countHit(app.db, app.secret, 'filing', request.ip)
      const id = request.body.id ?? uuidv7()
      const at = app.db.clock()
      return app.db.as({ requestId: id, at }, (tx) =>
        fileRequest(tx, { at, actor: null }, { ...request.body, id }, app.secret),
      )
    },
  )
  app.get(
    '/rights/tracking',
    {
      schema: {
        summary: 'How far it is, and until when',
        tags,
        headers,
        response: { 200: TrackedRequest, ...failures },
      },
      config: { access: 'public' },
    },
    async (request) => {
      const requester = await tracked(request)
      return app.db.as(requester, (tx) => viewTracked(tx, requester))
    },
  )
  app.post(
    '/rights/tracking/withdraw',
    {
      schema: { summary: 'Take it back', tags, headers, response: { 200: TrackedRequest, ...failures } },
      config: { access: 'public' },
    },
    async (request) => {
      const requester = await tracked(request)
      return app.db.as(requester, async (tx) => {
        await withdrawRequest(tx, requester)
        return viewTracked(tx, requester)
      })
    },
  )
  app.post(
    '/rights/tracking/card',
    {
      schema: {
        summary: 'Photo of the identity card (multipart field `file`)',
        tags,
        headers,
        consumes: ['multipart/form-data'],
        response: { 200: TrackedRequest, ...failures, ...problems(413, 415) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      await countHit(app.db, app.secret, 'upload', request.ip)
      const requester = await tracked(request)
      const file = await takeFile(request, app.files, await app.db.asPublic(uploadLimits))
      return app.db.as(requester, async (tx) => {
        const view = await viewTracked(tx, requester)
        if (!view.can.includes('add_card')) throw conflict('state', { state: view.state })
        await tx
          .updateTable('data_request_identity')
          .set({ file_id: file.fileId, file_name: file.name, file_media_type: file.mediaType })
          .where('request_id', '=', requester.requestId)
          .execute()
        return viewTracked(tx, requester)
      })
    },
  )
  app.get(
    '/rights/tracking/held',
    {
      schema: {
        summary: 'What is held, where from, who looked',
        tags,
        headers,
        response: { 200: HeldData, ...failures },
      },
      config: { access: 'public' },
    },
    async (request) => heldData(app.db, await tracked(request), 'seen'),
  )
  app.get(
    '/rights/tracking/export',
    {
      schema: {
        summary: 'The same as a file another system can read',
        tags,
        headers,
        response: { 200: HeldData, ...failures },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const held = await heldData(app.db, await tracked(request), 'exported')
      return reply.header('content-disposition', 'attachment; filename="data-saya.json"').send(held)
    },
  )

  app.get(
    '/rights/requests',
    {
      schema: {
        summary: 'Requests of persons in my region',
        tags,
        querystring: Type.Object(
          {
            state: Type.Optional(RequestState),
            overdue: Type.Optional(Type.Boolean()),
            after: Type.Optional(Type.String({ maxLength: 80 })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
          },
          strict,
        ),
        response: {
          200: Type.Object(
            { items: Type.Array(DataRequestItem), next: Type.Union([Type.String(), Type.Null()]) },
            strict,
          ),
          ...problems(400, 403),
        },
      },
      config: { access: staff },
    },
    async (request) => app.db.as(request.actor, (tx) => listRequests(tx, request.query)),
  )
  app.post(
    '/rights/requests/desk',
    {
      schema: {
        summary: 'Somebody asks at the desk',
        tags,
        body: NewDataRequest,
        response: { 200: FiledRequest, ...problems(400, 403, 409, 422) },
      },
      config: { access: staff },
    },
    async (request) =>
      app.db.as(request.actor, (tx) =>
        fileRequest(tx, { at: request.actor.at, actor: request.actor }, request.body, app.secret),
      ),
  )
  app.get(
    '/rights/requests/:id',
    {
      schema: {
        summary: 'One request',
        tags,
        params: byId,
        response: { 200: DataRequest, ...problems(400, 403, 404) },
      },
      config: { access: staff },
    },
    async (request) => app.db.as(request.actor, (tx) => getRequest(tx, request.actor, request.params.id)),
  )
  app.get(
    '/rights/requests/:id/card',
    {
      schema: { summary: 'The photo of the card; the look is recorded', tags, params: byId },
      config: { access: staff },
    },
    async (request, reply) => {
      const { id } = request.params
      const file = await app.db.as(request.actor, async (tx) => {
        const row = await tx
          .selectFrom('data_request_identity as i')
          .innerJoin('data_request as r', 'r.id', 'i.request_id')
          .select(['i.file_id', 'i.file_name', 'i.file_media_type', 'r.region_code'])
          .where('r.id', '=', id)
          .executeTakeFirst()
        if (!row?.file_id) throw notFound('file')
        const detail = { field: 'card' }
        await recordAct(tx, {
          act: 'look',
          subject: 'data_request',
          subjectId: id,
          regionCode: row.region_code,
          detail,
        })
        return {
          fileId: row.file_id,
          name: row.file_name ?? 'ktp',
          mediaType: row.file_media_type ?? 'application/octet-stream',
        }
      })
      return sendFile(app.files, reply, file)
    },
  )
  app.post(
    '/rights/requests/:id/verify',
    {
      schema: {
        summary: 'The asker is who they say; answers the request',
        tags,
        params: byId,
        body: Type.Object(
          { how: Verification, personId: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]) },
          strict,
        ),
        response: { 200: DataRequest, ...problems(400, 403, 404, 409) },
      },
      config: { access: staff },
    },
    async (request) =>
      app.db.as(request.actor, async (tx) => {
        await verifyIdentity(tx, request.actor, request.params.id, request.body, app.secret)
        return getRequest(tx, request.actor, request.params.id)
      }),
  )
  app.post(
    '/rights/requests/:id/refuse',
    {
      schema: {
        summary: 'Not answered, with the reason the asker reads',
        tags,
        params: byId,
        body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000 }) }, strict),
        response: { 200: DataRequest, ...problems(400, 403, 404, 409) },
      },
      config: { access: staff },
    },
    async (request) =>
      app.db.as(request.actor, async (tx) => {
        await refuseRequest(tx, request.actor, request.params.id, request.body.reason)
        return getRequest(tx, request.actor, request.params.id)
      }),
  )

  const readers = ['administrator', 'auditor', 'supervisor'] as const
  app.get(
    '/rights/retention',
    {
      schema: {
        summary: 'How long data is kept; reports of what goes and went',
        tags,
        response: {
          200: Type.Object(
            { rules: Type.Array(RetentionRule), runs: Type.Array(RetentionRun), canHold: Type.Boolean() },
            strict,
          ),
          ...problems(403),
        },
      },
      config: { access: readers },
    },
    async (request) =>
      app.db.as(request.actor, async (tx) => {
        const rules = await tx.selectFrom('retention_rule').selectAll().orderBy('key').orderBy('valid_from').execute()
        return {
          rules: rules.map(({ key, valid_from, months, source }) => ({
            key: key as RetentionRun['items'][number]['key'],
            validFrom: valid_from,
            months,
            source,
          })),
          runs: await listRetention(tx),
          canHold: request.actor.role === 'administrator' && request.actor.regionCode === '00',
        }
      }),
  )
  app.post(
    '/rights/retention/:id/hold',
    {
      schema: {
        summary: 'Keep a report from being applied',
        tags,
        params: byId,
        body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 500 }) }, strict),
        response: { 204: Type.Null(), ...problems(400, 403, 404, 409) },
      },
      config: { access: ['administrator'] },
    },
    async (request, reply) => {
      await app.db.as(request.actor, (tx) => holdRetention(tx, request.actor, request.params.id, request.body.reason))
      return reply.code(204).send(null)
    },
  )
}
