import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { v7 as uuidv7 } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { cleanLine } from '#src/platform/text/index.ts'
import { InboxQuery, SavedView } from '../schema.ts'

const tags = ['complaints: saved views']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const NewView = Type.Object({ name: SavedView.properties.name, query: InboxQuery }, { additionalProperties: false })
const ChangedView = Type.Object(
  {
    name: Type.Optional(SavedView.properties.name),
    query: Type.Optional(InboxQuery),
    position: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  },
  { additionalProperties: false },
)
const access = ['officer', 'supervisor', 'auditor'] as const
const MOST = 50

const list = async (tx: Tx, actor: Actor): Promise<SavedView[]> => {
  const rows = await tx
    .selectFrom('saved_view')
    .select(['id', 'name', 'query'])
    .where('account_id', '=', actor.accountId)
    .orderBy('position')
    .orderBy('created_at')
    .execute()
  return rows.map((row) => ({ id: row.id, name: row.name, query: row.query as InboxQuery }))
}

/** An officer's own filters, by name. */
export const savedViewRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/saved-views',
    { schema: { summary: 'My saved views', tags, response: { 200: Type.Array(SavedView) } }, config: { access } },
    async ({ actor }) => app.db.as(actor, (tx) => list(tx, actor)),
  )
  app.post(
    '/saved-views',
    {
      schema: { summary: 'Save a view', tags, body: NewView, response: { 201: SavedView, ...problems(400, 409) } },
      config: { access },
    },
    async ({ actor, body }, reply) => {
      const view = { id: uuidv7(), name: cleanLine(body.name) || '…', query: body.query }
      await app.db.as(actor, async (tx) => {
        const there = await list(tx, actor)
        if (there.length >= MOST) throw conflict('too_many_views', { limit: MOST })
        await tx
          .insertInto('saved_view')
          .values({
            account_id: actor.accountId,
            id: view.id,
            name: view.name,
            query: JSON.stringify(view.query),
            position: there.length,
            created_at: actor.at,
          })
          .execute()
      })
      return reply.code(201).send(view)
    },
  )
  app.put(
    '/saved-views/:id',
    {
      schema: {
        summary: 'Rename, change or move a view',
        tags,
        params,
        body: ChangedView,
        response: { 200: Type.Array(SavedView), ...problems(400, 404) },
      },
      config: { access },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => {
        const change = {
          ...(body.name !== undefined && { name: cleanLine(body.name) || '…' }),
          ...(body.query !== undefined && { query: JSON.stringify(body.query) }),
          ...(body.position !== undefined && { position: body.position }),
        }
        if (Object.keys(change).length > 0) {
          const done = await tx
            .updateTable('saved_view')
            .set(change)
            .where('account_id', '=', actor.accountId)
            .where('id', '=', id)
            .executeTakeFirst()
          if (Number(done.numUpdatedRows) === 0) throw notFound('view')
        }
        return list(tx, actor)
      }),
  )
  app.delete(
    '/saved-views/:id',
    {
      schema: { summary: 'Forget a view', tags, params, response: { 200: Type.Array(SavedView), ...problems(404) } },
      config: { access },
    },
    async ({ actor, params: { id } }) =>
      app.db.as(actor, async (tx) => {
        const done = await tx
          .deleteFrom('saved_view')
          .where('account_id', '=', actor.accountId)
          .where('id', '=', id)
          .executeTakeFirst()
        if (Number(done.numDeletedRows) === 0) throw notFound('view')
        return list(tx, actor)
      }),
  )
}
