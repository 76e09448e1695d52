import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static, type TSchema } from 'typebox'
import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { uploadLimits } from '#src/platform/http/limits.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import {
  addAttendance,
  closeMeeting,
  decideItem,
  holdMeeting,
  openMeeting,
  putOnAgenda,
  removeAttendance,
} from '../meeting.ts'
import { issuePaper, keepSigned } from '../papers.ts'
import * as schema from '../schema.ts'
import { listMeetings, viewMeeting } from '../view-meeting.ts'

const tags = ['proposals: village meetings']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const desk = ['officer', 'supervisor'] as const
const readers = ['officer', 'supervisor', 'auditor'] as const

/** Village meetings: agenda, attendance, decisions, minutes or statement, closing. */
export const meetingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/meetings',
    {
      schema: {
        summary: 'Meetings of my region, the newest first',
        tags,
        querystring: Type.Object(
          {
            region: Type.Optional(schema.RegionCode),
            period: Type.Optional(schema.Period),
            state: Type.Optional(Type.Enum(['open', 'closed'])),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Array(schema.MeetingItem), ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listMeetings(tx, query)),
  )
  app.post(
    '/meetings',
    {
      schema: {
        summary: 'Call a meeting, or decide by a signed statement (SPTJM)',
        tags,
        body: schema.NewMeeting,
        response: { 201: schema.Meeting, ...failures },
      },
      config: { access: desk },
    },
    async ({ actor, body }, reply) =>
      reply
        .code(201)
        .send(await app.db.as(actor, async (tx) => viewMeeting(tx, actor, await openMeeting(tx, actor, body)))),
  )
  app.get(
    '/meetings/:id',
    {
      schema: { summary: 'One meeting', tags, params, response: { 200: schema.Meeting, ...failures } },
      config: { access: readers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => viewMeeting(tx, actor, id)),
  )

  const act = <Body extends TSchema>(
    name: string,
    summary: string,
    body: Body,
    work: (tx: Tx, actor: Actor, id: string, body: Static<Body>) => Promise<unknown>,
  ) =>
    app.post(
      `/meetings/:id/${name}`,
      {
        schema: { summary, tags, params, body, response: { 200: schema.Meeting, ...failures } },
        config: { access: desk },
      },
      async (request) => {
        const { actor } = request
        const { id } = request.params as Static<typeof params>
        return app.db.as(actor, async (tx) => {
          await work(tx, actor, id, request.body as Static<Body>)
          return viewMeeting(tx, actor, id)
        })
      },
    )

  act(
    'agenda',
    'Put a proposal on the agenda',
    Type.Object({ proposalId: params.properties.id }, { additionalProperties: false }),
    (tx, actor, id, body) => putOnAgenda(tx, actor, body.proposalId, id),
  )
  act('decide', 'What the meeting decided about one of them', schema.DecideAct, (tx, actor, id, body) =>
    decideItem(tx, actor, id, body),
  )
  act('attendance', 'Somebody was there', schema.NewAttendance, (tx, actor, id, body) =>
    addAttendance(tx, actor, id, body),
  )
  act(
    'attendance-remove',
    'Written down by mistake',
    Type.Object({ attendanceId: params.properties.id }, { additionalProperties: false }),
    (tx, actor, id, body) => removeAttendance(tx, actor, id, body.attendanceId),
  )
  act('papers', 'Issue the minutes, or the statement', schema.PlainAct, (tx, actor, id) =>
    issuePaper(tx, actor, { files: app.files, baseUrl: app.baseUrl }, id),
  )
  act('close', 'End it: everything is decided and on paper', schema.PlainAct, (tx, actor, id, body) =>
    closeMeeting(tx, actor, id, body.version),
  )

  app.post(
    '/meetings/:id/signed',
    {
      schema: {
        summary: 'The signed scan (multipart field `file`)',
        tags,
        params,
        consumes: ['multipart/form-data'],
        response: { 201: schema.Meeting, ...failures, ...problems(413, 415) },
      },
      config: { access: desk },
    },
    async (request, reply) => {
      const {
        actor,
        params: { id },
      } = request
      const limits = await app.db.as(actor, async (tx) => {
        await holdMeeting(tx, actor, id)
        return uploadLimits(tx)
      })
      const { fields: _, ...file } = await takeFile(request, app.files, limits)
      const shown = await app.db.as(actor, async (tx) => {
        await keepSigned(tx, actor, id, file)
        return viewMeeting(tx, actor, id)
      })
      return reply.code(201).send(shown)
    },
  )
  app.get(
    '/meetings/:id/papers/:paper',
    {
      schema: {
        summary: 'A paper of the meeting',
        tags,
        params: Type.Object({ id: params.properties.id, paper: Type.String({ format: 'uuid' }) }),
      },
      config: { access: desk },
    },
    async ({ actor, params: given }, reply) => {
      const paper = await app.db.as(actor, async (tx) => {
        const row = await tx
          .selectFrom('meeting_paper as p')
          .innerJoin('village_meeting as m', 'm.id', 'p.meeting_id')
          .select(['p.file_id as fileId', 'p.name', 'p.media_type as mediaType', 'm.region_code'])
          .where('p.meeting_id', '=', given.id)
          .where('p.id', '=', given.paper)
          .executeTakeFirst()
        if (row)
          await sql`select record_act('look', 'meeting_paper', ${`${given.id}/${given.paper}`}, ${row.region_code}, '{}', null)`.execute(
            tx,
          )
        return row
      })
      if (!paper) throw notFound('letter')
      return sendFile(app.files, reply, paper)
    },
  )
}
