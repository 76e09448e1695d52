import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { unauthenticated } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { findAssignments } from './assignments.ts'
import { actAs, changePassword, endOwnSessions, findOwnSessions, proveAgain } from './own-account.ts'
import { presentAssignment, presentSession } from './present.ts'
import * as body from './schema.ts'
import { type Session, giveSessionCookie } from './sessions.ts'

const tags = ['account']
const account = { access: 'account' as const }

/** Routes of access 'account' have a session; this says so to the compiler. */
export function present(session: Session | null): Session {
  if (!session) throw unauthenticated()
  return session
}

export const meRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/me',
    {
      schema: {
        summary: 'Who I am, as whom I act, what waits for me',
        tags,
        response: { 200: body.Me, ...problems(401) },
      },
      config: account,
    },
    async ({ session: maybe }) => {
      const session = present(maybe)
      const { assignments, email } = await app.db.asSystem('own assignments', async (tx) => ({
        assignments: (await findAssignments(tx, [session.accountId], app.db.clock())).get(session.accountId) ?? [],
        email:
          (await tx.selectFrom('account').select('email').where('id', '=', session.accountId).executeTakeFirst())
            ?.email ?? null,
      }))
      const { actor } = session
      const acting = actor && assignments.find((one) => one.id === actor.assignmentId)
      const queues =
        actor && app.queueSources.length > 0
          ? await app.db.as(actor, async (tx) => {
              const all = []
              for (const source of app.queueSources) all.push(...(await source(tx, actor)))
              return all
            })
          : []
      return {
        account: {
          id: session.accountId,
          name: session.name,
          username: session.username,
          email,
          demonstration: session.demonstration,
        },
        acting: acting ? presentAssignment(acting) : null,
        owed: session.owed ?? null,
        proofHoldsUntil: session.proofHoldsUntil.toISOString(),
        assignments: assignments.map(presentAssignment),
        queues,
      }
    },
  )

  app.post(
    '/me/acting',
    {
      schema: {
        summary: 'Act for another of my assignments',
        tags,
        body: body.Acting,
        response: { 204: Type.Null(), ...problems(400, 401, 403, 404) },
      },
      config: account,
    },
    async ({ session, body: { assignmentId } }, reply) => {
      giveSessionCookie(reply, await actAs(app, present(session), assignmentId))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/me/proof',
    {
      schema: {
        summary: 'Prove again who I am, by password or code, before a sensitive change',
        tags,
        body: body.Proof,
        response: { 204: Type.Null(), ...problems(400, 401, 403, 429) },
      },
      config: account,
    },
    async ({ session, body: given }, reply) => {
      giveSessionCookie(reply, await proveAgain(app, present(session), given))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/me/password',
    {
      schema: {
        summary: 'Change my password',
        tags,
        body: body.PasswordChange,
        response: { 204: Type.Null(), ...problems(400, 401, 403, 429) },
      },
      config: account,
    },
    async ({ session, body: given }, reply) => {
      giveSessionCookie(reply, await changePassword(app, present(session), given))
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/me/sessions',
    {
      schema: {
        summary: 'Where I am signed in',
        tags,
        response: { 200: Type.Object({ items: Type.Array(body.SessionBody) }), ...problems(401) },
      },
      config: account,
    },
    async ({ session }) => ({ items: (await findOwnSessions(app, present(session))).map(presentSession) }),
  )

  app.delete(
    '/me/sessions/:id',
    {
      schema: {
        summary: 'End one of my sessions, or all others',
        tags,
        params: Type.Object({ id: Type.Union([body.Uuid, Type.Literal('others')]) }),
        response: { 204: Type.Null(), ...problems(400, 401, 403, 404) },
      },
      config: account,
    },
    async ({ session, params }, reply) => {
      await endOwnSessions(app, present(session), params.id)
      return reply.code(204).send(null)
    },
  )
}
