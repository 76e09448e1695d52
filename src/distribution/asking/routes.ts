import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { countHit } from '#src/platform/http/limits.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendCsv } from '#src/platform/http/paged-csv.ts'
import { listAskable, readAskable } from './askable.ts'
import { answerByCode, answerByVisit, openQuestion } from './answering.ts'
import { drawSample } from './drawing.ts'
import { questionsCsv } from './export.ts'
import { listQuestions, listVisits, readAskings } from './queries.ts'
import { hearReplies } from './replying.ts'
import * as schema from './schema.ts'
import { visitUnreached } from './visiting.ts'

const tags = ['distribution: asking afterwards']
const Uuid = Type.String({ format: 'uuid' })
const params = Type.Object({ id: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const
const askers = { access: ['officer', 'supervisor', 'pillar'] } as const

/** A sample of those who received is asked: by a message or code they open themselves, or at the door. */
export const askingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const deaf = hearReplies()
  app.addHook('onClose', async () => deaf())
  app.get(
    '/rounds/:id/askings',
    {
      schema: {
        summary: 'Samples of a round and what they found',
        tags,
        params,
        response: { 200: schema.Askings, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readAskings(tx, actor, id)),
  )
  app.post(
    '/rounds/:id/askings',
    {
      schema: {
        summary: 'Draw whom to ask',
        tags,
        params,
        body: schema.NewAsking,
        response: { 201: schema.Askings, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          await drawSample(tx, actor, app, id, body)
          return readAskings(tx, actor, id)
        }),
      ),
  )
  app.post(
    '/rounds/:id/askings/visits',
    {
      schema: {
        summary: 'Visit those whom no message reached',
        tags,
        params,
        body: schema.VisitUnreached,
        response: { 200: schema.Visited, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => visitUnreached(tx, actor, id, body.region)),
  )
  app.get(
    '/rounds/:id/askings/askable',
    {
      schema: {
        summary: 'How many of those who could be asked a message would reach, by village',
        tags,
        params,
        response: { 200: schema.Askable, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readAskable(tx, actor, id)),
  )
  app.get(
    '/rounds/:id/askings/askable/families',
    {
      schema: {
        summary: 'Those families, with a contact or without; the look is written down',
        tags,
        params,
        querystring: schema.AskableQuery,
        response: { 200: schema.AskableFamilies, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listAskable(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/questions',
    {
      schema: {
        summary: 'Who was asked and what they said; the look is written down',
        tags,
        params,
        querystring: schema.QuestionsQuery,
        response: { 200: schema.Questions, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) =>
      app.db.as(actor, (tx) => listQuestions(tx, actor, app.secret, id, query)),
  )
  app.get(
    '/rounds/:id/questions/export.csv',
    {
      schema: {
        summary: 'Who was asked and what they said, CSV without codes; taking it is written down',
        tags,
        params,
        querystring: Type.Omit(schema.QuestionsQuery, ['after']),
        response: failures,
      },
      config: desk,
    },
    async (request, reply) => {
      const { actor, params: { id }, query } = request // prettier-ignore
      return sendCsv(reply, await questionsCsv(app.db, actor, app.secret, id, query, localeOf(request)))
    },
  )
  app.get(
    '/distribution/visits',
    {
      schema: {
        summary: 'Families to visit and ask, none of one’s own deliveries',
        tags,
        response: { 200: schema.VisitTasks, ...failures },
      },
      config: askers,
    },
    async ({ actor }) => app.db.as(actor, (tx) => listVisits(tx, actor)),
  )
  app.post(
    '/distribution/visits/:asking/:family',
    {
      schema: {
        summary: 'What was heard at the door, or that nobody was met',
        tags,
        params: Type.Object({ asking: Uuid, family: Uuid }),
        body: schema.VisitAnswer,
        response: { 200: schema.Answered, ...failures },
      },
      config: askers,
    },
    async ({ actor, params: { asking, family }, body }) =>
      app.db.as(actor, (tx) => answerByVisit(tx, actor, app.secret, asking, family, body)),
  )
  app.get(
    '/distribution/questions/:code',
    {
      schema: {
        summary: 'What a citizen is asked, by their code',
        tags,
        params: Type.Object({ code: Type.String({ maxLength: 64 }) }),
        response: { 200: schema.AskedQuestion, ...problems(400, 404, 429) },
      },
      config: { access: 'public' },
    },
    async (request) => missesCount(request.ip, () => openQuestion(app.db, request.params.code)),
  )
  app.post(
    '/distribution/questions',
    {
      schema: {
        summary: 'A citizen’s answer; what is not as recorded opens a complaint',
        tags,
        body: schema.CodeAnswer,
        response: { 200: schema.Answered, ...problems(400, 404, 409, 429) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      const { code, ...answer } = request.body
      await countHit(app.db, app.secret, 'filing', request.ip)
      return missesCount(request.ip, () => answerByCode(app.db, app.secret, code, answer))
    },
  )

  /** Only codes that do not exist count against an address: guessing is slow, answering is not. */
  async function missesCount<T>(ip: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Problem && error.status === 404) await countHit(app.db, app.secret, 'letter_miss', ip)
      throw error
    }
  }
}
