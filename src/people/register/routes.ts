import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static, type TObject } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import * as acts from './acts.ts'
import { familyAssistance } from './assistance.ts'
import type { EventKind } from './change.ts'
import { checkChange } from './check.ts'
import { correct, takeBack } from './corrections.ts'
import { joinFamilies, splitFamily } from './family-acts.ts'
import { getFamily } from './family.ts'
import { evidenceFile, evidenceLimits, keepEvidence } from './evidence.ts'
import { familyHistory, getChange } from './history.ts'
import { openFamily } from './opening.ts'
import { questionnairesOn } from './questionnaire.ts'
import type { Recorded } from './record.ts'
import { revealKk, revealNik } from './reveal.ts'
import * as schema from './schema.ts'
import { listVillage } from './villages.ts'
import { listWaiting } from './waiting.ts'

const tags = ['register']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const officers = ['officer', 'supervisor'] as const

/** Families and persons: finding them is another folder, opening, reading and changing one is here. */
export const registerRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/register/questionnaires',
    {
      schema: {
        summary: 'The survey forms in force on a day: JSON Schema with words in both languages',
        tags,
        querystring: Type.Object(
          { on: Type.Optional(Type.String({ format: 'date' })) },
          { additionalProperties: false },
        ),
        response: { 200: Type.Array(schema.Questionnaire), ...problems(400, 401) },
      },
      config: { access: 'account' },
    },
    async ({ query }) => {
      const today = app.db.clock().toISOString().slice(0, 10)
      return app.db.asPublic((tx) => questionnairesOn(tx, query.on ?? today))
    },
  )
  app.get(
    '/register/event-kinds',
    {
      schema: {
        summary: 'What can happen to people and families',
        tags,
        response: { 200: Type.Array(schema.EventKindName), ...problems(401) },
      },
      config: { access: 'account' },
    },
    async (request) => {
      const locale = localeOf(request)
      const rows = await app.db.asPublic((tx) =>
        tx.selectFrom('register_event_kind').selectAll().orderBy('position').execute(),
      )
      return rows.map((row) => ({
        code: row.code as EventKind,
        subject: row.subject as 'family' | 'person' | 'both',
        sealed: row.sealed,
        name: locale === 'en' ? row.name_en : row.name_id,
      }))
    },
  )

  app.post(
    '/register/families',
    {
      schema: {
        summary: 'Register a family with its members',
        tags,
        body: schema.NewFamily,
        response: {
          201: Type.Intersect([schema.RecordedChange, Type.Object({ familyId: Type.String({ format: 'uuid' }) })]),
          ...failures,
        },
      },
      config: { access: officers },
    },
    async ({ actor, body }, reply) =>
      reply.code(201).send(await app.db.as(actor, (tx) => acts.registerFamily(tx, actor, body))),
  )
  app.get(
    '/register/families/:id',
    {
      schema: {
        summary: 'A family one has opened: as it was on a day, as it was believed at a moment',
        tags,
        params,
        querystring: Type.Object(schema.Moment, { additionalProperties: false }),
        response: { 200: schema.Family, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => getFamily(tx, actor, id, query)),
  )
  app.get(
    '/register/families/:id/history',
    {
      schema: {
        summary: 'Everything that happened to a family and its people, the latest first',
        tags,
        params,
        response: { 200: Type.Array(schema.HistoryChange), ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => familyHistory(tx, actor, id)),
  )
  app.get(
    '/register/families/:id/assistance',
    {
      schema: {
        summary: 'What an opened family is said to receive, and what it received',
        tags,
        params,
        response: { 200: Type.Array(schema.Assistance), ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => familyAssistance(tx, actor, id)),
  )
  app.post(
    '/register/families/:id/open',
    {
      schema: {
        summary: 'Open a family for one piece of work, with a reason; it is written down',
        tags,
        params,
        body: schema.OpenAct,
        response: { 200: schema.Opened, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id }, body }) => {
      const opened = await app.db.as(actor, (tx) => openFamily(tx, actor, { familyId: id, ...body }))
      return { id: opened.id, expiresAt: opened.expiresAt.toISOString() }
    },
  )
  app.post(
    '/register/families/:id/reveal',
    {
      schema: {
        summary: 'See the full number of the family card once, with a reason; it is written down',
        tags,
        params,
        body: schema.RevealAct,
        response: { 200: schema.Revealed, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => ({ value: await revealKk(tx, actor, id, body.reason) })),
  )
  app.post(
    '/register/persons/:id/reveal',
    {
      schema: {
        summary: 'See a full NIK once, with a reason; it is written down',
        tags,
        params,
        body: schema.RevealAct,
        response: { 200: schema.Revealed, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => ({ value: await revealNik(tx, actor, id, body.reason) })),
  )

  app.post(
    '/register/families/:id/evidence',
    {
      schema: {
        summary:
          'Hand in a photo or PDF (multipart field `file`), for an act that names its id; whoever opened the family',
        tags,
        params,
        consumes: ['multipart/form-data'],
        response: { 201: schema.EvidenceFile, ...failures, ...problems(413, 415) },
      },
      config: { access: officers },
    },
    async (request, reply) => {
      const {
        actor,
        params: { id },
      } = request
      // Looked up before the upload is read, so that a stranger cannot fill the disk.
      const limits = await app.db.as(actor, (tx) => evidenceLimits(tx, actor, id))
      const { fields: _, ...file } = await takeFile(request, app.files, limits)
      await app.db.as(actor, (tx) => keepEvidence(tx, actor, id, file))
      const { fileId: _file, ...shown } = file
      return reply.code(201).send({ ...shown, familyId: id })
    },
  )
  app.get(
    '/register/families/:id/evidence/:file',
    {
      schema: {
        summary: 'A file handed in with an act on an opened family, or its thumbnail',
        tags,
        params: Type.Object({ id: params.properties.id, file: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
        response: failures,
      },
      config: { access: officers },
    },
    async ({ actor, params: given, query }, reply) => {
      const small = query.thumbnail === true
      const file = await app.db.as(actor, (tx) => evidenceFile(tx, actor, given.id, given.file, small))
      return sendFile(app.files, reply, file, small)
    },
  )

  /** One act on an opened family. */
  const act = <Body extends TObject>(
    name: string,
    summary: string,
    body: Body,
    work: (tx: Tx, actor: Actor, id: string, body: Static<Body>) => Promise<Recorded>,
  ) =>
    app.post(
      `/register/families/:id/${name}`,
      {
        schema: { summary, tags, params, body, response: { 200: schema.RecordedChange, ...failures } },
        config: { access: officers },
      },
      async (request) => {
        const { id } = request.params as Static<typeof params>
        return app.db.as(request.actor, (tx) => work(tx, request.actor, id, request.body as Static<Body>))
      },
    )
  act('members', 'A child is born, somebody moves in or marries into the family', schema.NewMember, acts.addMember)
  act('deaths', 'Somebody died', schema.DeathAct, acts.recordDeath)
  act('leavings', 'Somebody leaves the family and the register', schema.LeavingAct, acts.recordLeaving)
  act('moves', 'The whole family moves', schema.MoveAct, acts.moveFamily)
  act('joins', 'All members of another family join this one', schema.JoinAct, joinFamilies)
  act('head', 'Another member becomes head', schema.HeadAct, acts.changeHead)
  act('payee', 'Another member receives for the family', schema.PayeeAct, acts.changePayee)
  act('facts', 'What is found out about the family', schema.FamilyFactsAct, acts.changeFamilyFacts)
  act('person-facts', 'What is found out about one person', schema.PersonFactsAct, acts.changePersonFacts)
  act('corrections', 'An event was wrong: put it right, or take it back', schema.CorrectionAct, correct)
  act('take-backs', 'A whole act was wrong: take all of it back', schema.TakeBackAct, takeBack)
  app.post(
    '/register/families/:id/splits',
    {
      schema: {
        summary: 'Some members become a family of their own',
        tags,
        params,
        body: schema.SplitAct,
        response: {
          200: Type.Intersect([schema.RecordedChange, Type.Object({ familyId: Type.String({ format: 'uuid' }) })]),
          ...failures,
        },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => splitFamily(tx, actor, id, body)),
  )

  app.get(
    '/register/villages/:code/families',
    {
      schema: {
        summary: 'The families of a village, for work that is a list; each page is written down',
        tags,
        params: Type.Object({ code: schema.VillageCode }),
        querystring: schema.VillageQuery,
        response: { 200: schema.VillagePage, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { code }, query }) => app.db.as(actor, (tx) => listVillage(tx, actor, code, query)),
  )
  app.get(
    '/register/waiting',
    {
      schema: {
        summary: 'Changes that wait for a check by somebody else than who recorded them',
        tags,
        querystring: Type.Object(
          {
            after: Type.Optional(Type.String({ format: 'uuid' })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: schema.WaitingPage, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listWaiting(tx, actor, query)),
  )
  app.get(
    '/register/changes/:id',
    {
      schema: {
        summary: 'One change with what it says, for whoever opened its families',
        tags,
        params,
        response: { 200: schema.HistoryChange, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => getChange(tx, actor, id)),
  )
  app.post(
    '/register/changes/:id/check',
    {
      schema: {
        summary: 'Accept or refuse a change that waits',
        tags,
        params,
        body: schema.CheckAct,
        response: { 200: schema.RecordedChange, ...failures },
      },
      config: { access: officers },
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => checkChange(tx, actor, id, body)),
  )
}
