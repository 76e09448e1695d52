import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { uploadLimits } from '#src/platform/http/limits.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import {
  campaignPlaces,
  campaignTasks,
  closeCampaign,
  createCampaign,
  giveVisits,
  listCampaigns,
  readCampaign,
  startCampaign,
} from './campaigns.ts'
import {
  Campaign,
  CampaignBrief,
  CampaignPlaces,
  CampaignTasks,
  CloseAct,
  GiveAct,
  Given,
  Moved,
  NewCampaign,
  Photo,
  PlacesQuery,
  StartAct,
  TasksQuery,
  Visit,
  VisitCampaigns,
  VisitReport,
  Visits,
} from './schema.ts'
import { keepPhoto, listVisits, readVisit, reportVisit, requireVisit, visitCampaigns } from './visits.ts'

const tags = ['register: campaigns']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const one = Type.Object({ id: Type.String({ format: 'uuid' }), family: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const office = { access: ['officer', 'supervisor'] } as const
const field = { access: ['pillar'] } as const
const PHOTOS = 5

/** Campaigns that have every family of a region checked again, and the visits of pillars. */
export const campaignRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/register/campaigns',
    {
      schema: { summary: 'Campaigns of one’s region', tags, response: { 200: Type.Array(CampaignBrief), ...failures } },
      config: office,
    },
    async ({ actor }) => app.db.as(actor, listCampaigns),
  )
  app.post(
    '/register/campaigns',
    {
      schema: {
        summary: 'Plan a campaign; nothing is told to anybody until it starts',
        tags,
        body: NewCampaign,
        response: { 201: Campaign, ...failures },
      },
      config: office,
    },
    async ({ actor, body }, reply) =>
      reply
        .code(201)
        .send(await app.db.as(actor, async (tx) => readCampaign(tx, actor, await createCampaign(tx, actor, body)))),
  )
  app.get(
    '/register/campaigns/:id',
    {
      schema: { summary: 'A campaign and how far it is', tags, params, response: { 200: Campaign, ...failures } },
      config: office,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readCampaign(tx, actor, id)),
  )
  app.post(
    '/register/campaigns/:id/start',
    {
      schema: {
        summary: 'Start it: visits are made in the background and given to pillars',
        tags,
        params,
        body: StartAct,
        response: { 200: Campaign, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await startCampaign(tx, actor, id, body.pillars)
        return readCampaign(tx, actor, id)
      }),
  )
  app.post(
    '/register/campaigns/:id/give',
    {
      schema: {
        summary: 'Give open visits of a village, RW or RT to one pillar',
        tags,
        params,
        body: GiveAct,
        response: { 200: Given, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => ({ count: await giveVisits(tx, actor, id, body) })),
  )
  app.post(
    '/register/campaigns/:id/close',
    {
      schema: {
        summary: 'Close it; what is left stays on a list',
        tags,
        params,
        body: CloseAct,
        response: { 200: Campaign, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await closeCampaign(tx, actor, id, body.note)
        return readCampaign(tx, actor, id)
      }),
  )
  app.get(
    '/register/campaigns/:id/places',
    {
      schema: {
        summary: 'The RTs of a village in a campaign',
        tags,
        params,
        querystring: PlacesQuery,
        response: { 200: CampaignPlaces, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => campaignPlaces(tx, actor, id, query.village)),
  )
  app.get(
    '/register/campaigns/:id/families',
    {
      schema: {
        summary: 'Families not visited yet, or found gone; names masked',
        tags,
        params,
        querystring: TasksQuery,
        response: { 200: CampaignTasks, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => campaignTasks(tx, actor, id, query)),
  )
  app.get(
    '/register/campaigns/:id/photos/:photo',
    {
      schema: {
        summary: 'A photo of a visit, or its thumbnail',
        tags,
        params: Type.Object({ ...params.properties, photo: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: { access: ['officer', 'supervisor', 'pillar'] },
    },
    async ({ actor, params: { id, photo }, query }, reply) => {
      const file = await app.db.as(actor, async (tx) => {
        const row = await tx
          .selectFrom('campaign_photo')
          .select(['file_id as fileId', 'name', 'media_type as mediaType', 'region_code'])
          .where('campaign_id', '=', id)
          .where('id', '=', photo)
          .executeTakeFirst()
        if (row && !query.thumbnail)
          await sql`select record_act('look', 'campaign_photo', ${photo}, ${row.region_code}, '{}', null)`.execute(tx)
        return row
      })
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, query.thumbnail)
    },
  )

  // The pillar's side
  app.get(
    '/register/visits',
    {
      schema: { summary: 'Campaigns one visits for', tags, response: { 200: VisitCampaigns, ...failures } },
      config: field,
    },
    async ({ actor }) => app.db.as(actor, visitCampaigns),
  )
  app.get(
    '/register/visits/:id',
    {
      schema: {
        summary: 'The families given to one: name of the head and address only',
        tags,
        params,
        response: { 200: Visits, ...failures },
      },
      config: field,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => listVisits(tx, id)),
  )
  app.get(
    '/register/visits/:id/:family',
    {
      schema: {
        summary: 'One family and the questions to ask',
        tags,
        params: one,
        response: { 200: Visit, ...failures },
      },
      config: field,
    },
    async ({ actor, params: { id, family } }) => app.db.as(actor, (tx) => readVisit(tx, id, family)),
  )
  app.post(
    '/register/visits/:id/:family',
    {
      schema: {
        summary: 'What was found; the same id twice is one visit',
        tags,
        params: one,
        body: VisitReport,
        response: { 200: Moved, ...failures },
      },
      config: field,
    },
    async ({ actor, params: { id, family }, body }) =>
      app.db.as(actor, (tx) => reportVisit(tx, actor, id, family, body)),
  )
  app.post(
    '/register/visits/:id/:family/photos',
    {
      schema: {
        summary: 'Add a photo of the house (multipart field `file`)',
        tags,
        params: one,
        consumes: ['multipart/form-data'],
        response: { 201: Photo, ...failures, ...problems(413, 415) },
      },
      config: field,
    },
    async (request, reply) => {
      const {
        actor,
        params: { id, family },
      } = request
      // Looked up before the upload is read, so that a stranger cannot fill the disk.
      const limits = await app.db.as(actor, async (tx) => {
        await requireVisit(tx, id, family)
        const { count } = await tx
          .selectFrom('campaign_photo')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('campaign_id', '=', id)
          .where('family_id', '=', family)
          .executeTakeFirstOrThrow()
        if (count >= PHOTOS) throw conflict('too_many_files_added', { limit: PHOTOS })
        return uploadLimits(tx)
      })
      const { fields: _, ...file } = await takeFile(request, app.files, limits)
      await app.db.as(actor, (tx) => keepPhoto(tx, actor, id, family, file))
      return reply.code(201).send({ id: file.id, name: file.name, bytes: file.bytes })
    },
  )
}
