import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { readAnnex } from './annex.ts'
import { approveDetermination, rejectDetermination, submitDetermination } from './decide.ts'
import { familyEntitlements } from './entitlements.ts'
import { listLists, readList } from './list.ts'
import { cancelDetermination, makeDetermination } from './make.ts'
import { additionRoutes } from './routes-additions.ts'
import { determinationFamilyRoutes } from './routes-families.ts'
import {
  ApproveAct,
  Determination,
  DeterminationList,
  Entitlement,
  ListQuery,
  NewDetermination,
  RejectAct,
} from './schema.ts'
import { ruleCountRoutes } from './routes-rule-count.ts'
import { whatIfRoutes } from './routes-what-if.ts'

const tags = ['determinations']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const office = { access: ['officer', 'supervisor'] } as const
const readers = { access: ['officer', 'supervisor', 'auditor'] } as const

/** Lists of who receives what: asked for, looked through, decided. */
export const determinationRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(determinationFamilyRoutes)
  await app.register(ruleCountRoutes)
  await app.register(whatIfRoutes)
  await app.register(additionRoutes)

  app.get(
    '/determinations',
    {
      schema: {
        summary: 'Lists of who receives what, the latest first',
        tags,
        querystring: ListQuery,
        response: { 200: DeterminationList, ...failures },
      },
      config: readers,
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listLists(tx, actor, query)),
  )
  app.post(
    '/determinations',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Ask for a list; the run is done in the background',
        tags,
        body: NewDetermination,
        response: { 201: Determination, ...failures },
      },
      config: office,
    },
    async ({ actor, body }, reply) =>
      reply
        .code(201)
        .send(await app.db.as(actor, async (tx) => readList(tx, actor, await makeDetermination(tx, actor, body)))),
  )
  app.get(
    '/determinations/:id',
    {
      schema: {
        summary: 'A list and what may be done with it',
        tags,
        params,
        response: { 200: Determination, ...failures },
      },
      config: readers,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readList(tx, actor, id)),
  )
  app.post(
    '/determinations/:id/cancel',
    {
      schema: { summary: 'End a list nobody has decided', tags, params, response: { 200: Determination, ...failures } },
      config: office,
    },
    async ({ actor, params: { id } }) =>
      app.db.as(actor, async (tx) => {
        await cancelDetermination(tx, actor, id)
        return readList(tx, actor, id)
      }),
  )
  app.post(
    '/determinations/:id/submit',
    {
      schema: {
        summary: 'Give a list to those who decide',
        tags,
        params,
        response: { 200: Determination, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id } }) =>
      app.db.as(actor, async (tx) => {
        await submitDetermination(tx, actor, id)
        return readList(tx, actor, id)
      }),
  )
  app.post(
    '/determinations/:id/approve',
    {
      schema: {
        summary: 'Approve a list; two different people who did not make it put it in force',
        tags,
        params,
        body: ApproveAct,
        response: { 200: Determination, ...failures },
      },
      config: { access: ['supervisor'] },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await approveDetermination(tx, actor, id, body.note)
        return readList(tx, actor, id)
      }),
  )
  app.post(
    '/determinations/:id/reject',
    {
      schema: {
        summary: 'Reject a list with a reason',
        tags,
        params,
        body: RejectAct,
        response: { 200: Determination, ...failures },
      },
      config: { access: ['supervisor'] },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        await rejectDetermination(tx, actor, id, body.note)
        return readList(tx, actor, id)
      }),
  )
  for (const kind of ['pdf', 'xlsx'] as const)
    app.get(
      `/determinations/:id/annex.${kind}`,
      {
        schema: {
          summary: `The annex of the decree as ${kind === 'pdf' ? 'PDF' : 'a workbook'}: the same file every time`,
          tags,
          params,
          response: problems(400, 401, 403, 404, 409),
        },
        config: office,
      },
      async ({ actor, params: { id } }, reply) =>
        sendFile(app.files, reply, await readAnnex(app.db, app.files, actor, id, kind)),
    )
  app.get(
    '/register/families/:id/entitlements',
    {
      schema: {
        summary: 'What approved lists entitle an opened family to',
        tags,
        params,
        response: { 200: Type.Array(Entitlement), ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => familyEntitlements(tx, actor, id)),
  )
}
