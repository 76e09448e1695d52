import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { forbidden, Problem } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { isRepeat } from '#src/platform/http/repeat.ts'
import { countHit } from '#src/platform/http/limits.ts'
import { theCitizen, whoIs } from '../case.ts'
import { doorOf, fileComplaint } from '../intake.ts'
import { mayFile } from '../policy.ts'
import { Filed, Matter, NewComplaint, SimilarCase } from '../schema.ts'
import { findSimilar, listMatters } from '../queries.ts'
import { v7 as uuidv7 } from 'uuid'

const tags = ['complaints']

/** How complaints come in. Every door ends in the one verb `fileComplaint`. */
export const intakeRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/matters',
    {
      schema: { summary: 'What complaints can be about', tags, response: { 200: Type.Array(Matter) } },
      config: { access: 'public' },
    },
    async () => app.db.asPublic(listMatters),
  )

  app.post(
    '/complaints',
    {
      schema: {
        summary: 'File a complaint: anybody, a desk for whoever walked in, or a pillar for a citizen',
        tags,
        headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ minLength: 8, maxLength: 100 })) }),
        body: NewComplaint,
        response: { 201: Filed, ...problems(400, 403, 409, 422, 429) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const actor = request.session?.actor ?? null
      if (actor && !mayFile(actor)) throw forbidden('complaint.file')
      const input = { ...request.body, id: request.body.id ?? uuidv7() }
      const key = request.headers['idempotency-key'] ?? (request.body.id ? `id:${request.body.id}` : undefined)
      if (!actor) await countHit(app.db, app.secret, 'filing', request.ip)
      const file = () =>
        actor
          ? app.db.as(actor, (tx) =>
              fileComplaint(tx, whoIs(actor), input, {
                door: doorOf(actor),
                secret: app.secret,
                ...(key && { once: { scope: `account:${actor.accountId}`, key } }),
              }),
            )
          : app.db.as({ complaintId: input.id, at: app.db.clock() }, (tx) =>
              fileComplaint(tx, theCitizen(app.db.clock()), input, {
                door: 'api',
                secret: app.secret,
                ...(key && { once: { scope: 'public', key } }),
              }),
            )
      const filed = await file().catch((error: unknown) => {
        if (isRepeat(error)) return file()
        if (
          (error as { table?: unknown; code?: unknown }).table === 'complaint' &&
          (error as { code?: unknown }).code === '23505'
        )
          throw new Problem(409, 'already_exists')
        throw error
      })
      return reply.code(201).send(filed)
    },
  )

  app.post(
    '/complaints/similar',
    {
      schema: {
        summary: 'Complaints that look like this one, before it is filed: without text or names',
        tags,
        body: Type.Object(
          {
            regionCode: NewComplaint.properties.regionCode,
            matter: NewComplaint.properties.matter,
            programmeCode: NewComplaint.properties.programmeCode,
            body: Type.String({ minLength: 1, maxLength: 5000 }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Array(SimilarCase), ...problems(400, 429) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      if (!request.session) await countHit(app.db, app.secret, 'similar', request.ip)
      return app.db.asPublic((tx) => findSimilar(tx, request.body))
    },
  )
}
