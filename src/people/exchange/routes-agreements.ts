import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import {
  createAgreement,
  getAgreement,
  listAgreements,
  listCalls,
  renewTokens,
  requireOwnRegions,
  revokeAgreement,
} from './agreements.ts'
import { AgreementBody, AgreementCalls, AgreementCreated, AgreementPage, NewAgreement } from './schema.ts'

const tags = ['agreements']
const keeping = { access: ['administrator'] as const }
const reading = { access: ['administrator', 'auditor'] as const }
const Id = Type.Object({ id: Type.String({ format: 'uuid' }) })

/** Agreements with other systems, for the administrators of a region; auditors read. */
export const agreementRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/agreements',
    {
      config: reading,
      schema: {
        tags,
        summary: 'Agreements with other systems',
        response: { 200: AgreementPage, ...problems(401, 403) },
      },
    },
    async ({ actor }) => ({ items: await app.db.as(actor, (tx) => listAgreements(tx, actor.at)) }),
  )

  app.post(
    '/agreements',
    {
      config: keeping,
      schema: {
        tags,
        summary: 'Let another system ask; its token and secret are in this answer only',
        body: NewAgreement,
        response: { 201: AgreementCreated, ...problems(400, 401, 403, 409) },
      },
    },
    async ({ actor, body }, reply) => {
      requireOwnRegions(actor, body.regions)
      return reply.code(201).send(await app.db.as(actor, (tx) => createAgreement(tx, body, actor.at)))
    },
  )

  app.get(
    '/agreements/:id',
    {
      config: reading,
      schema: {
        tags,
        summary: 'One agreement',
        params: Id,
        response: { 200: AgreementBody, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ actor, params }) => app.db.as(actor, (tx) => getAgreement(tx, params.id, actor.at)),
  )

  app.get(
    '/agreements/:id/calls',
    {
      config: reading,
      schema: {
        tags,
        summary: 'The newest calls under an agreement, by number and not by content',
        params: Id,
        response: { 200: AgreementCalls, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ actor, params }) =>
      app.db.as(actor, async (tx) => {
        await getAgreement(tx, params.id, actor.at)
        return listCalls(tx, params.id)
      }),
  )

  app.post(
    '/agreements/:id/tokens',
    {
      config: keeping,
      schema: {
        tags,
        summary: 'New token and secret; the ones before them end',
        params: Id,
        response: { 201: AgreementCreated, ...problems(400, 401, 403, 404, 409) },
      },
    },
    async ({ actor, params }, reply) =>
      reply.code(201).send(await app.db.as(actor, (tx) => renewTokens(tx, params.id, actor.at))),
  )

  app.post(
    '/agreements/:id/revoke',
    {
      config: keeping,
      schema: {
        tags,
        summary: 'End an agreement now',
        params: Id,
        body: Type.Object({ reason: Type.String({ minLength: 5, maxLength: 300 }) }, { additionalProperties: false }),
        response: { 200: AgreementBody, ...problems(400, 401, 403, 404, 409) },
      },
    },
    async ({ actor, params, body }) => app.db.as(actor, (tx) => revokeAgreement(tx, actor, params.id, body.reason)),
  )
}
