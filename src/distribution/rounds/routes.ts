import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static, type TObject } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendCsv } from '#src/platform/http/paged-csv.ts'
import { cancelRound, closeRound, invite, openRound } from './acts.ts'
import { entitlementsCsv, listEntitlements } from './entitlements.ts'
import { invitationsPdf, printInvitations } from './invitations.ts'
import { reissueVoucher } from './issuing.ts'
import { roundProgress } from './progress.ts'
import { listRounds, roundsCsv } from './list.ts'
import { getRound, listsToHandOut, makeRound, readRound } from './round.ts'
import * as schema from './schema.ts'
import { stopsCsv } from './stops-file.ts'
import { addStop, changeStop, dealStops, handersOf, listStops, moveToStop, readStop, scheduleStops } from './stops.ts'

const tags = ['distribution']
const Uuid = Type.String({ format: 'uuid' })
const params = Type.Object({ id: Uuid })
const atStop = Type.Object({ id: Uuid, stop: Uuid })
const atFamily = Type.Object({ id: Uuid, family: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const
const readers = { access: ['officer', 'supervisor', 'auditor'] } as const

/** Rounds of handing out an approved list: made, scheduled, invited, opened, closed; and how far they are. */
export const roundRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/rounds',
    {
      schema: {
        summary: 'Rounds of one’s region and those above that reach it',
        tags,
        querystring: schema.RoundsQuery,
        response: { 200: schema.RoundList, ...failures },
      },
      config: readers,
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listRounds(tx, actor, query)),
  )
  app.get(
    '/rounds/export.csv',
    {
      schema: { summary: 'The same as a file', tags, querystring: schema.RoundsExport, response: failures },
      config: readers,
    },
    async (request, reply) => sendCsv(reply, roundsCsv(app.db, request.actor, request.query, localeOf(request))),
  )
  app.get(
    '/rounds/lists',
    {
      schema: {
        summary: 'Approved lists with somebody whom no round holds',
        tags,
        response: { 200: schema.ListsToHandOut, ...failures },
      },
      config: desk,
    },
    async ({ actor }) => app.db.as(actor, (tx) => listsToHandOut(tx, actor)),
  )
  app.post(
    '/rounds',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'A round for an approved list; its families are copied in the background',
        tags,
        body: schema.NewRound,
        response: { 201: schema.Round, ...failures },
      },
      config: desk,
    },
    async ({ actor, body }, reply) =>
      reply
        .code(201)
        .send(await app.db.as(actor, async (tx) => readRound(tx, actor, await makeRound(tx, actor, body)))),
  )
  app.get(
    '/rounds/:id',
    {
      schema: { summary: 'A round and how far it is', tags, params, response: { 200: schema.Round, ...failures } },
      config: readers,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readRound(tx, actor, id)),
  )
  app.get(
    '/rounds/:id/progress',
    {
      schema: {
        summary: 'How far a round is, by the regions beneath one',
        tags,
        params,
        querystring: schema.ProgressQuery,
        response: { 200: schema.RoundProgress, ...failures },
      },
      config: readers,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => roundProgress(tx, actor, id, query.region)),
  )

  /** One act on one round: does it and answers the round as it is now. */
  const act = <Body extends TObject>(
    name: string,
    summary: string,
    body: Body,
    work: (tx: Tx, actor: Actor, id: string, body: Static<Body>) => Promise<void>,
  ) =>
    app.post(
      `/rounds/:id/${name}`,
      { schema: { summary, tags, params, body, response: { 200: schema.Round, ...failures } }, config: desk },
      async (request) => {
        const { actor } = request
        const { id } = request.params as Static<typeof params>
        return app.db.as(actor, async (tx) => {
          await work(tx, actor, id, request.body as Static<Body>)
          return readRound(tx, actor, id)
        })
      },
    )
  const nothing = Type.Object({}, { additionalProperties: false })
  act('invite', 'Sign vouchers for those who have none, in the background', nothing, invite)
  act('open', 'Open it for handing over', nothing, openRound)
  act('close', 'Close it; what was not tried stays open until it is reconciled', schema.EndAct, closeRound)
  act('cancel', 'Give it up before anything was handed over', schema.EndAct, cancelRound)

  app.get(
    '/rounds/:id/stops',
    {
      schema: {
        summary: 'The schedule: stops by village',
        tags,
        params,
        querystring: schema.StopsQuery,
        response: { 200: schema.StopList, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listStops(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/stops/export.csv',
    {
      schema: { summary: 'The schedule as a file', tags, params, querystring: schema.StopsExport, response: failures },
      config: desk,
    },
    async (request, reply) => {
      const { actor, params: { id }, query } = request // prettier-ignore
      return sendCsv(reply, await stopsCsv(app.db, actor, id, query, localeOf(request)))
    },
  )
  app.post(
    '/rounds/:id/schedule',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'A stop for every village of a region that has none yet',
        tags,
        params,
        body: schema.ScheduleAct,
        response: { 200: schema.Scheduled, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }) => app.db.as(actor, (tx) => scheduleStops(tx, actor, id, body)),
  )
  app.post(
    '/rounds/:id/deal',
    {
      schema: {
        summary: 'Give families without a stop to the stops of their village',
        tags,
        params,
        body: nothing,
        response: { 200: schema.Scheduled, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id } }) =>
      app.db.as(actor, async (tx) => {
        await getRound(tx, actor, id)
        return {
          stops: 0,
          families: await dealStops(tx, id, actor.regionCode, `${actor.regionCode === '00' ? '' : actor.regionCode}~`),
        }
      }),
  )
  app.post(
    '/rounds/:id/stops',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'One more stop in a village',
        tags,
        params,
        body: schema.NewStop,
        response: { 201: schema.Stop, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.code(201).send(await app.db.as(actor, async (tx) => readStop(tx, id, await addStop(tx, actor, id, body)))),
  )
  app.patch(
    '/rounds/:id/stops/:stop',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Change a stop, or cancel it',
        tags,
        params: atStop,
        body: schema.StopChange,
        response: { 200: schema.Stop, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id, stop }, body }) =>
      app.db.as(actor, async (tx) => {
        await changeStop(tx, actor, id, stop, body)
        return readStop(tx, id, stop)
      }),
  )
  app.get(
    '/rounds/:id/handers',
    {
      schema: {
        summary: 'Who can be asked to hand out in a village',
        tags,
        params,
        querystring: schema.HandersQuery,
        response: { 200: schema.Handers, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) =>
      app.db.as(actor, async (tx) => {
        await getRound(tx, actor, id)
        return handersOf(tx, query.village)
      }),
  )
  app.get(
    '/rounds/:id/stops/:stop/invitations',
    {
      schema: {
        summary: 'Invitations of a stop as PDF, two of A5 on a sheet',
        tags,
        params: atStop,
        querystring: schema.InvitationsQuery,
      },
      config: desk,
    },
    async ({ actor, params: { id, stop }, query }, reply) => {
      const invitations = await app.db.as(actor, (tx) =>
        printInvitations(tx, actor, app.baseUrl, {
          roundId: id,
          stopId: stop,
          part: query.part,
          family: query.family,
        }),
      )
      const pdf = await invitationsPdf(invitations)
      return reply
        .type('application/pdf')
        .header('content-disposition', `attachment; filename="undangan-${invitations[0]?.number ?? ''}.pdf"`)
        .send(pdf)
    },
  )
  app.get(
    '/rounds/:id/entitlements',
    {
      schema: {
        summary: 'Families of a round, as the annex of the decree names them',
        tags,
        params,
        querystring: schema.EntitlementsQuery,
        response: { 200: schema.RoundEntitlements, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) => app.db.as(actor, (tx) => listEntitlements(tx, actor, id, query)),
  )
  app.get(
    '/rounds/:id/entitlements/export.csv',
    {
      schema: {
        summary: 'The same as a file',
        tags,
        params,
        querystring: schema.EntitlementsExport,
        response: failures,
      },
      config: desk,
    },
    async (request, reply) => {
      const { actor, params: { id }, query } = request // prettier-ignore
      return sendCsv(reply, await entitlementsCsv(app.db, actor, id, query, localeOf(request)))
    },
  )
  app.post(
    '/rounds/:id/entitlements/:family/stop',
    {
      schema: {
        summary: 'Send one family to another stop of its village',
        tags,
        params: atFamily,
        body: schema.StopMove,
        response: { 204: Type.Null(), ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id, family }, body }, reply) => {
      await app.db.as(actor, (tx) => moveToStop(tx, actor, id, family, body.stopId))
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/rounds/:id/entitlements/:family/reissue',
    {
      schema: {
        summary: 'A new voucher in place of one that was lost',
        tags,
        params: atFamily,
        body: schema.ReissueAct,
        response: { 200: schema.Reissued, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id, family }, body }) =>
      app.db.as(actor, (tx) =>
        reissueVoucher(tx, actor, { secret: app.secret, baseUrl: app.baseUrl }, id, family, body),
      ),
  )
}
