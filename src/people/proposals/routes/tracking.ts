import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Proposer, Tx } from '#src/platform/db/index.ts'
import { countHit, uploadLimits } from '#src/platform/http/limits.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { holdProposal, theProposer } from '../proposal.ts'
import { TrackedProposal } from '../schema.ts'
import { citizenCompletes, citizenWithdraws, fileAdded } from '../steps.ts'
import { fileRow } from '../submit.ts'
import { findTracked, viewTracked } from '../tracking.ts'
import { whatOf } from './proposals.ts'

const tags = ['proposals: following one by number']
const headers = Type.Object({
  'x-tracking': Type.String({ minLength: 8, maxLength: 80, description: '<number> <secret>' }),
})
const Words = Type.Object({ body: Type.String({ minLength: 1, maxLength: 5000 }) }, { additionalProperties: false })
const Reason = Type.Object({ reason: Type.String({ minLength: 3, maxLength: 2000 }) }, { additionalProperties: false })
const failures = problems(400, 404, 409, 429)

/** The proposer's side, opened by number and secret. */
export const proposalTrackingRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const tracked = (request: FastifyRequest) =>
    findTracked(app.db, app.secret, String(request.headers['x-tracking']), request.ip)
  const act = async (request: FastifyRequest, work: (tx: Tx, proposer: Proposer) => Promise<void>) => {
    const proposer = await tracked(request)
    return app.db.as(proposer, async (tx) => {
      await work(tx, proposer)
      return viewTracked(tx, proposer)
    })
  }
  app.get(
    '/proposal-tracking',
    {
      schema: {
        summary: 'The whole path in plain words',
        tags,
        headers,
        response: { 200: TrackedProposal, ...failures },
      },
      config: { access: 'public' },
    },
    async (request) => act(request, async () => {}),
  )
  app.post(
    '/proposal-tracking/complete',
    {
      schema: {
        summary: 'What was missing',
        tags,
        headers,
        body: Words,
        response: { 200: TrackedProposal, ...failures },
      },
      config: { access: 'public' },
    },
    async (request) => act(request, (tx, proposer) => citizenCompletes(tx, proposer, request.body.body)),
  )
  app.post(
    '/proposal-tracking/withdraw',
    {
      schema: { summary: 'Take it back', tags, headers, body: Reason, response: { 200: TrackedProposal, ...failures } },
      config: { access: 'public' },
    },
    async (request) => act(request, (tx, proposer) => citizenWithdraws(tx, proposer, request.body.reason)),
  )
  app.post(
    '/proposal-tracking/files',
    {
      schema: {
        summary: 'Add a photo or PDF (multipart field `file`; field `what`)',
        tags,
        headers,
        consumes: ['multipart/form-data'],
        response: { 200: TrackedProposal, ...failures, ...problems(413, 415) },
      },
      config: { access: 'public' },
    },
    async (request) => {
      await countHit(app.db, app.secret, 'upload', request.ip)
      await tracked(request)
      const limits = await app.db.asPublic(uploadLimits)
      const { fields, ...file } = await takeFile(request, app.files, limits)
      return act(request, async (tx, proposer) => {
        const who = theProposer(proposer.at)
        await fileAdded(tx, who, await holdProposal(tx, proposer.proposalId))
        await tx
          .insertInto('proposal_file')
          .values(fileRow(proposer.proposalId, { ...file, what: whatOf(fields['what']) }, who, true))
          .execute()
      })
    },
  )
  app.get(
    '/proposal-tracking/files/:id',
    {
      schema: {
        summary: 'A file of the proposal',
        tags,
        headers,
        params: Type.Object({ id: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const proposer = await tracked(request)
      const file = await app.db.as(proposer, (tx) =>
        tx
          .selectFrom('proposal_file')
          .select(['file_id as fileId', 'name', 'media_type as mediaType'])
          .where('proposal_id', '=', proposer.proposalId)
          .where('id', '=', request.params.id)
          .executeTakeFirst(),
      )
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, request.query.thumbnail)
    },
  )
}
