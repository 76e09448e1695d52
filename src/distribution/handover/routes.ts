import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { uploadLimits } from '#src/platform/http/limits.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { listConflicts, readDelivery, resolveConflict } from './deliveries.ts'
import { keepFile, keepProof, ownRedemption } from './files.ts'
import { look } from './finding.ts'
import { redeem } from './redeem.ts'
import {
  Conflicts,
  Delivery,
  FileKind,
  KeptFile,
  LookAct,
  Looked,
  NewRedemption,
  Redeemed,
  ResolveAct,
  StopTask,
  StopWork,
} from './schema.ts'
import { keepSignature } from './signature.ts'
import type { TrustedKey } from '../vouchers/index.ts'
import { getMyStop, listMyStops, readStopWork } from './stops.ts'

const tags = ['distribution: handing over']
const Uuid = Type.String({ format: 'uuid' })
const round = Type.Object({ id: Uuid })
const stop = Type.Object({ stop: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const field = { access: ['pillar', 'officer', 'supervisor'] } as const
const desk = { access: ['officer', 'supervisor'] } as const

/** A record with the photo of a proxy's card, as a telephone makes it smaller. */
const MOST_BYTES = 3 * 1024 * 1024

/** Handing over at a stop, and what the office sees of it. `trusted`: keys of others whose vouchers count. */
export const handoverRoutes: FastifyPluginAsyncTypebox<{ trusted: readonly TrustedKey[] }> = async (
  app,
  { trusted },
) => {
  app.get(
    '/handovers',
    {
      schema: { summary: 'The stops one hands out at', tags, response: { 200: Type.Array(StopTask), ...failures } },
      config: field,
    },
    async ({ actor }) => app.db.as(actor, listMyStops),
  )
  app.get(
    '/handovers/:stop',
    {
      schema: {
        summary: 'A stop with its list, to take along where there is no line',
        tags,
        params: stop,
        response: { 200: StopWork, ...failures },
      },
      config: field,
    },
    async ({ actor, params }) => app.db.as(actor, (tx) => readStopWork(tx, params.stop, actor.at)),
  )
  app.post(
    '/handovers/:stop/look',
    {
      schema: {
        summary: 'Whom a picture, a code or a name stands for, and whether anything may be handed over',
        tags,
        params: stop,
        body: LookAct,
        response: { 200: Looked, ...failures },
      },
      config: field,
    },
    async ({ actor, params, body }) => app.db.as(actor, (tx) => look(tx, params.stop, body, actor.at, trusted)),
  )
  app.post(
    '/rounds/:id/redemptions',
    {
      bodyLimit: MOST_BYTES,
      schema: {
        summary: 'What happened at the door; the same id twice is one',
        tags,
        params: round,
        body: NewRedemption,
        response: { 200: Redeemed, ...failures, ...problems(413) },
      },
      config: field,
    },
    async ({ actor, params: { id }, body }) => {
      // A stranger draws nothing.
      const limits = await app.db.as(actor, async (tx) => {
        await getMyStop(tx, body.stopId, body.offline)
        return body.proof ? uploadLimits(tx) : null
      })
      const signature = body.signature ? await keepSignature(app.files, body.signature) : null
      const proof = limits && body.proof ? await keepProof(app.files, body.proof, limits) : null
      return app.db.as(actor, (tx) => redeem(tx, actor, id, body, { signature, proof, trusted }))
    },
  )
  app.post(
    '/rounds/:id/redemptions/:redemption/files/:kind',
    {
      schema: {
        summary: 'Photo, signature on paper or proof of a proxy (multipart field `file`); each once',
        tags,
        params: Type.Object({ ...round.properties, redemption: Uuid, kind: FileKind }),
        consumes: ['multipart/form-data'],
        response: { 201: KeptFile, ...failures, ...problems(413, 415) },
      },
      config: field,
    },
    async (request, reply) => {
      const { actor, params } = request
      const limits = await app.db.as(actor, async (tx) => {
        await ownRedemption(tx, actor, params.id, params.redemption)
        return uploadLimits(tx)
      })
      const { fields: _, ...file } = await takeFile(request, app.files, limits)
      await app.db.as(actor, (tx) => keepFile(tx, actor, params.id, params.redemption, params.kind, file))
      return reply.code(201).send({ kind: params.kind, bytes: file.bytes })
    },
  )
  app.get(
    '/rounds/:id/redemptions/:redemption/files/:kind',
    {
      schema: {
        summary: 'A photo, signature or proof, or its thumbnail',
        tags,
        params: Type.Object({ ...round.properties, redemption: Uuid, kind: FileKind }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: field,
    },
    async ({ actor, params, query }, reply) => {
      const file = await app.db.as(actor, async (tx) => {
        const row = await tx
          .selectFrom('redemption_file')
          .select(['file_id as fileId', 'name', 'media_type as mediaType', 'region_code'])
          .where('round_id', '=', params.id)
          .where('redemption_id', '=', params.redemption)
          .where('kind', '=', params.kind)
          .executeTakeFirst()
        if (row && !query.thumbnail)
          await sql`select record_act('look', 'redemption_file', ${`${params.redemption}/${params.kind}`}, ${row.region_code}, '{}', null)`.execute(
            tx,
          )
        return row
      })
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, query.thumbnail)
    },
  )
  app.get(
    '/rounds/:id/entitlements/:family',
    {
      schema: {
        summary: 'Everything that happened at the door about one family',
        tags,
        params: Type.Object({ ...round.properties, family: Uuid }),
        response: { 200: Delivery, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id, family } }) => app.db.as(actor, (tx) => readDelivery(tx, actor, id, family)),
  )
  app.get(
    '/rounds/:id/conflicts',
    {
      schema: {
        summary: 'Two redemptions of one entitlement: the cases',
        tags,
        params: round,
        response: { 200: Conflicts, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => listConflicts(tx, actor, id)),
  )
  app.post(
    '/rounds/:id/conflicts/:conflict/resolve',
    {
      schema: {
        summary: 'A supervisor says which of them counts',
        tags,
        params: Type.Object({ ...round.properties, conflict: Uuid }),
        body: ResolveAct,
        response: { 200: Conflicts, ...failures },
      },
      config: { access: ['supervisor'] },
    },
    async ({ actor, params: { id, conflict }, body }) =>
      app.db.as(actor, async (tx) => {
        await resolveConflict(tx, actor, id, conflict, body)
        return listConflicts(tx, actor, id)
      }),
  )
}
