import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { additionsPaper } from './additions-annex.ts'
import { countAdditionsWaiting, listAdditions, readNext } from './additions-list.ts'
import { decideAddition, proposeAddition } from './additions.ts'
import { asFile } from './as-file.ts'
import {
  Addition,
  AdditionDecided,
  Additions,
  AdditionsQuery,
  AdditionsWaiting,
  NewAddition,
  NextAddition,
} from './schema.ts'

const tags = ['determinations']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const office = { access: ['officer', 'supervisor'] } as const

/** Places of approved lists that became free, given to who waits. */
export const additionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/determinations/:id/additions/next',
    {
      schema: {
        summary: 'How many places of an approved list are free, and whose turn it is by the frozen rank',
        tags,
        params,
        response: { 200: NextAddition, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readNext(tx, actor, id)),
  )
  app.post(
    '/determinations/:id/additions',
    {
      schema: {
        summary: 'Propose who is next for a place that became free; another person approves',
        tags,
        params,
        body: NewAddition,
        response: { 201: Addition, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.code(201).send(await app.db.as(actor, (tx) => proposeAddition(tx, actor, id, body))),
  )
  app.get(
    '/additions',
    {
      schema: {
        summary: 'Additions to approved lists',
        tags,
        querystring: AdditionsQuery,
        response: { 200: Additions, ...failures },
      },
      config: office,
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listAdditions(tx, actor, query)),
  )
  app.get(
    '/additions/waiting',
    {
      schema: {
        summary: 'How many additions wait for the reader’s decision',
        tags,
        response: { 200: AdditionsWaiting, ...failures },
      },
      config: office,
    },
    async ({ actor }) => app.db.as(actor, (tx) => countAdditionsWaiting(tx, actor)),
  )
  app.post(
    '/additions/:id/decide',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Approve or refuse what somebody else proposed, or take back one’s own',
        tags,
        params,
        body: AdditionDecided,
        response: { 200: Addition, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => decideAddition(tx, actor, id, body)),
  )
  for (const kind of ['pdf', 'xlsx'] as const)
    app.get(
      `/determinations/:id/additions.${kind}`,
      {
        schema: {
          summary: `The additions beside the annex as ${kind === 'pdf' ? 'PDF' : 'a workbook'}: who, in whose place, decided when`,
          tags,
          params,
          response: failures,
        },
        config: office,
      },
      async ({ actor, params: { id } }, reply) => {
        const { name, content } = await additionsPaper(app.db, actor, id, kind)
        const file = content instanceof Uint8Array ? content : Readable.from(content)
        return asFile(reply, name, kind).header('cache-control', 'private, no-store').send(file)
      },
    )
}
