import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { sendCsv } from '#src/platform/http/paged-csv.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { askWithdrawal, decideWithdrawal, keepChanged } from './acts.ts'
import { withdrawalsCsv } from './export.ts'
import {
  changedFamilies,
  countWaiting,
  listWithdrawals,
  readEntitlement,
  roundWaiting,
  withdrawalReasons,
} from './queries.ts'
import * as schema from './schema.ts'

const tags = ['distribution']
const Uuid = Type.String({ format: 'uuid' })
const params = Type.Object({ id: Uuid })
const ofFamily = Type.Object({ list: Uuid, family: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const

/** Entitlements taken back by two, and families that changed since their list was approved. */
export const withdrawalRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/withdrawals/reasons',
    {
      schema: {
        summary: 'Why entitlements are taken back',
        tags,
        response: { 200: schema.WithdrawalReasons, ...failures },
      },
      config: desk,
    },
    async ({ actor }) => app.db.as(actor, withdrawalReasons),
  )
  app.get(
    '/withdrawals',
    {
      schema: {
        summary: 'Entitlements that are or were asked to be taken back',
        tags,
        querystring: schema.WithdrawalsQuery,
        response: { 200: schema.Withdrawals, ...failures },
      },
      config: desk,
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listWithdrawals(tx, actor, query)),
  )
  app.get(
    '/withdrawals/waiting',
    {
      schema: {
        summary: 'How many wait for the reader’s decision',
        tags,
        response: { 200: schema.WithdrawalsWaiting, ...failures },
      },
      config: desk,
    },
    async ({ actor }) => app.db.as(actor, (tx) => countWaiting(tx, actor)),
  )
  app.get(
    '/withdrawals/export.csv',
    {
      schema: {
        summary: 'The same as a file; taking it is written down',
        tags,
        querystring: schema.WithdrawalsExport,
        response: failures,
      },
      config: desk,
    },
    async (request, reply) =>
      sendCsv(reply, await withdrawalsCsv(app.db, request.actor, request.query, localeOf(request))),
  )
  app.get(
    '/entitlements/:list/:family',
    {
      schema: {
        summary: 'What became of one entitlement',
        tags,
        params: ofFamily,
        response: { 200: schema.EntitlementView, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { list, family } }) =>
      app.db.as(actor, (tx) => readEntitlement(tx, actor, { determinationId: list, familyId: family })),
  )
  app.post(
    '/entitlements/:list/:family/withdrawal',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Ask for an entitlement to be taken back; nothing is handed over until another person has decided',
        tags,
        params: ofFamily,
        body: schema.WithdrawalAsked,
        response: { 201: schema.Withdrawal, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { list, family }, body }, reply) =>
      reply
        .code(201)
        .send(
          await app.db.as(actor, (tx) => askWithdrawal(tx, actor, { determinationId: list, familyId: family }, body)),
        ),
  )
  app.post(
    '/entitlements/:list/:family/keep',
    {
      schema: {
        summary: 'Hand over all the same what the register found changed',
        tags,
        params: ofFamily,
        body: schema.KeepAct,
        response: { 204: Type.Null(), ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { list, family }, body }, reply) => {
      await app.db.as(actor, (tx) => keepChanged(tx, actor, { determinationId: list, familyId: family }, body))
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/withdrawals/:id/decide',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Confirm or refuse what somebody else asked, or retract one’s own',
        tags,
        params,
        body: schema.WithdrawalDecided,
        response: { 200: schema.Withdrawal, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => decideWithdrawal(tx, actor, id, body)),
  )
  app.get(
    '/rounds/:id/changes',
    {
      schema: {
        summary: 'Families the register knows otherwise than the list that entitles them',
        tags,
        params,
        querystring: schema.ChangesQuery,
        response: { 200: schema.ChangedFamilies, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => changedFamilies(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/waiting',
    {
      schema: {
        summary: 'How much of a round waits for an answer',
        tags,
        params,
        response: { 200: schema.RoundWaiting, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => roundWaiting(tx, actor, id)),
  )
}
