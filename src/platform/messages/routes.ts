import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Actor } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { conflict, forbidden } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { resumeChannels, sendsForReal } from './channels.ts'
import { listMessages, readFigures } from './queries.ts'
import { ChannelParams, MessageOverview, MessagePage, MessageQuery, MessageSpan } from './schema.ts'

const config = { access: ['administrator', 'auditor'] as const }
const tags = ['messages']

/** A channel serves the whole installation: whoever starts it again answers for all of it. */
const mayResume = (actor: Actor) => actor.role === 'administrator' && actor.regionCode === '00'

/** What was sent and what came of it, for those who look after the system: figures, and the rows behind each. No addresses. */
export const messageRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/messages/overview',
    {
      config,
      schema: {
        tags,
        summary: 'How messages fared lately, by channel',
        querystring: MessageSpan,
        response: { 200: MessageOverview, ...problems(400, 401, 403) },
      },
    },
    async ({ actor, query }) => {
      const days = query.days ?? 7
      const figures = await app.db.as(actor, (tx) => readFigures(tx, days))
      return { real: sendsForReal(), days, channels: figures, canResume: mayResume(actor) }
    },
  )

  app.get(
    '/messages',
    {
      config,
      schema: {
        tags,
        summary: 'The messages behind a figure, newest first',
        querystring: MessageQuery,
        response: { 200: MessagePage, ...problems(400, 401, 403) },
      },
    },
    async ({ actor, query }) => {
      const limit = query.limit ?? 50
      const days = query.days ?? 7
      const items = await app.db.as(actor, (tx) => listMessages(tx, { ...query, days, limit: limit + 1 }))
      const page = items.slice(0, limit)
      return { items: page, next: items.length > limit ? (page.at(-1)?.id ?? null) : null }
    },
  )

  app.post(
    '/messages/channels/:channel/resume',
    {
      config: { access: ['administrator'] },
      schema: {
        tags,
        summary: 'Let a channel that was stopped send again',
        params: ChannelParams,
        response: { 204: Type.Null(), ...problems(400, 401, 403, 409) },
      },
    },
    async ({ actor, params }, reply) => {
      if (!mayResume(actor)) throw forbidden('role')
      const started = await app.db.as(actor, (tx) =>
        withinAsSystem(tx, 'messages: a channel sends again', () => resumeChannels(tx, [params.channel])),
      )
      if (started === 0) throw conflict('channel_runs')
      return reply.code(204).send(null)
    },
  )
}
