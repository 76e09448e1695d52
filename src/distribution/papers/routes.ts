import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { issueMinutes } from './minutes.ts'
import { getMinutes, listMinutes } from './queries.ts'
import * as schema from './schema.ts'

const tags = ['distribution: handover minutes']
const Uuid = Type.String({ format: 'uuid' })
const params = Type.Object({ id: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const

/** Handover minutes (BAST) of the villages of a round. */
export const handoverPaperRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/rounds/:id/minutes',
    {
      schema: {
        summary: 'Villages of a round with their handover minutes',
        tags,
        params,
        querystring: schema.HandoverPapersQuery,
        response: { 200: schema.HandoverPapers, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listMinutes(tx, actor, id, query.after)),
  )
  app.post(
    '/rounds/:id/minutes',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Issue the minutes of a village or a stop',
        tags,
        params,
        body: schema.NewHandoverPaper,
        response: { 201: schema.HandoverPaper, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply
        .code(201)
        .send(
          await app.db.as(actor, async (tx) =>
            getMinutes(tx, id, await issueMinutes(tx, actor, { files: app.files, baseUrl: app.baseUrl }, id, body)),
          ),
        ),
  )
  app.get(
    '/rounds/:id/minutes/:paper',
    {
      schema: {
        summary: 'The minutes as they were printed, PDF; the look is written down',
        tags,
        params: Type.Object({ id: Uuid, paper: Uuid }),
      },
      config: desk,
    },
    async ({ actor, params: { id, paper } }, reply) => {
      const found = await app.db.as(actor, async (tx) => {
        const one = await getMinutes(tx, id, paper)
        await sql`select record_act('look', 'handover_paper', ${paper}, ${one.village.code}, '{}', null)`.execute(tx)
        return one
      })
      return sendFile(app.files, reply, {
        fileId: found.sha256,
        name: `${found.number.replaceAll('/', '-')}.pdf`,
        mediaType: 'application/pdf',
      })
    },
  )
}
