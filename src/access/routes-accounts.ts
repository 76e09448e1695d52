import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { roles } from '#src/platform/db/index.ts'
import { invalid } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import {
  activateAccount,
  createAccount,
  editAccount,
  endSessionsOf,
  findAccounts,
  getAccount,
  resetPassword,
  resetSecondFactor,
} from './accounts.ts'
import type { Agency } from './schema.ts'
import { endAssignment, giveAssignment } from './giving.ts'
import { givable } from './policy.ts'
import { presentAccount } from './present.ts'
import { present } from './routes-me.ts'
import { getAccessRule } from './rules.ts'
import * as body from './schema.ts'
import { requireRecentProof } from './sessions.ts'

const tags = ['accounts']
const config = { access: ['administrator'] as const }
const Id = Type.Object({ id: body.Uuid })
const failures = problems(400, 401, 403, 404, 409)
const done = { 204: Type.Null(), ...failures }

/** Accounts of others, for the administrators of a region. */
export const accountRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/accounts',
    {
      schema: {
        summary: 'Accounts in my region and beneath, by name',
        tags,
        querystring: body.AccountQuery,
        response: { 200: body.AccountPage, ...problems(400, 401, 403) },
      },
      config,
    },
    async ({ actor, query }) => {
      const limit = query.limit ?? 50
      const { q, regionCode, role, active } = query
      const rows = await app.db.as(actor, (tx) =>
        findAccounts(tx, actor, { q, regionCode, role, active, after: readCursor(query.after), limit: limit + 1 }),
      )
      const last = rows.length > limit ? rows[limit - 1] : undefined
      return { items: rows.slice(0, limit).map(presentAccount), next: last ? cursor(last) : null }
    },
  )

  app.post(
    '/accounts',
    {
      schema: {
        summary: 'Create an account; its temporary password is in this answer only',
        tags,
        body: body.NewAccount,
        response: { 201: body.AccountCreated, ...failures },
      },
      config,
    },
    async ({ actor, body: given }, reply) => {
      const made = await app.db.as(actor, async (tx) => {
        const email = given.email?.toLowerCase()
        return createAccount(tx, actor, { ...given, email, name: given.name.trim() }, await getAccessRule(tx, actor.at))
      })
      return reply.code(201).send(made)
    },
  )

  app.get(
    '/accounts/givable',
    {
      schema: {
        summary: 'Roles I may give in a region, and the agencies that have an office there',
        tags,
        querystring: Type.Object(
          { regionCode: body.NewAssignmentBody.properties.regionCode },
          { additionalProperties: false },
        ),
        response: { 200: body.Givable, ...problems(400, 401, 403) },
      },
      config,
    },
    async ({ actor, query: { regionCode } }) => {
      const offices = await app.db.as(actor, (tx) =>
        tx.selectFrom('office').select('agency').where('region_code', '=', regionCode).orderBy('agency').execute(),
      )
      return {
        roles: givable(actor, regionCode, roles),
        agencies: offices.map((one) => one.agency as Agency),
      }
    },
  )

  app.get(
    '/accounts/:id',
    {
      schema: {
        summary: 'One account',
        tags,
        params: Id,
        response: { 200: body.AccountBody, ...problems(400, 401, 403, 404) },
      },
      config,
    },
    async ({ actor, params }) => presentAccount(await app.db.as(actor, (tx) => getAccount(tx, actor, params.id))),
  )

  app.patch(
    '/accounts/:id',
    {
      schema: {
        summary: 'Correct name, e-mail or home region',
        tags,
        params: Id,
        body: body.AccountChange,
        response: done,
      },
      config,
    },
    async ({ session, actor, params, body: given }, reply) => {
      // The e-mail may link a single sign-on: changing it is as good as a key.
      if (given.email !== undefined) requireRecentProof(present(session), actor.at)
      const change = {
        ...given,
        ...(given.email && { email: given.email.toLowerCase() }),
        ...(given.name && { name: given.name.trim() }),
      }
      await app.db.as(actor, (tx) => editAccount(tx, actor, params.id, change))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/accounts/:id/activation',
    {
      schema: {
        summary: 'Activate or deactivate; deactivating ends every session at once',
        tags,
        params: Id,
        body: body.Activation,
        response: done,
      },
      config,
    },
    async ({ actor, params, body: { active } }, reply) => {
      await app.db.as(actor, (tx) => activateAccount(tx, actor, params.id, active))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/accounts/:id/password',
    {
      schema: {
        summary: 'A temporary password in place of a forgotten one',
        tags,
        params: Id,
        response: { 200: body.TemporaryPassword, ...failures },
      },
      config,
    },
    async ({ session, actor, params }) => {
      requireRecentProof(present(session), actor.at)
      return app.db.as(actor, async (tx) => ({
        temporaryPassword: await resetPassword(tx, actor, params.id, await getAccessRule(tx, actor.at)),
      }))
    },
  )

  app.post(
    '/accounts/:id/second-factor/reset',
    {
      schema: {
        summary: 'Remove a lost second factor: app, recovery codes and passkeys',
        tags,
        params: Id,
        response: done,
      },
      config,
    },
    async ({ session, actor, params }, reply) => {
      requireRecentProof(present(session), actor.at)
      await app.db.as(actor, (tx) => resetSecondFactor(tx, actor, params.id))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/accounts/:id/sessions/end',
    {
      schema: {
        summary: 'Sign somebody out everywhere',
        tags,
        params: Id,
        response: { 200: Type.Object({ ended: Type.Integer() }), ...failures },
      },
      config,
    },
    async ({ actor, params }) => ({ ended: await app.db.as(actor, (tx) => endSessionsOf(tx, actor, params.id)) }),
  )

  app.post(
    '/accounts/:id/assignments',
    {
      schema: {
        summary: 'Give a role in a region',
        tags,
        params: Id,
        body: body.NewAssignmentBody,
        response: { 201: Type.Object({ assignmentId: body.Uuid }), ...failures },
      },
      config,
    },
    async ({ session, actor, params, body: given }, reply) => {
      if (given.role === 'administrator') requireRecentProof(present(session), actor.at)
      const assignmentId = await app.db.as(actor, (tx) => giveAssignment(tx, actor, params.id, given))
      return reply.code(201).send({ assignmentId })
    },
  )

  app.post(
    '/accounts/:id/assignments/:assignmentId/end',
    {
      schema: {
        summary: 'End an assignment now',
        tags,
        params: Type.Object({ id: body.Uuid, assignmentId: body.Uuid }),
        response: done,
      },
      config,
    },
    async ({ actor, params }, reply) => {
      await app.db.as(actor, (tx) => endAssignment(tx, actor, params.id, params.assignmentId))
      return reply.code(204).send(null)
    },
  )
}

const cursor = ({ name, id }: { name: string; id: string }) =>
  Buffer.from(JSON.stringify([name, id])).toString('base64url')

function readCursor(text: string | undefined): { name: string; id: string } | undefined {
  if (text === undefined) return undefined
  try {
    const [name, id] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (typeof name === 'string' && !name.includes('\0') && typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id))
      return { name, id }
  } catch {
    // Falls through: not one of ours.
  }
  throw invalid({ field: 'after', code: 'invalid' })
}
