import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { sql } from 'kysely'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM, csvLines } from '#src/platform/text/csv.ts'
import { listBehind, readBehind } from './behind.ts'
import { listMoved, readMovement } from './flow.ts'
import { readPicture } from './picture.ts'
import { authorizeCounts, authorizeListing } from './policy.ts'
import { readPublicPicture } from './public.ts'
import {
  Behind,
  BehindQuery,
  BehindRows,
  BehindRowsQuery,
  MovedQuery,
  MovedRows,
  Movement,
  MovementQuery,
  Picture,
  PublicPicture,
  RegionParams,
} from './schema.ts'

const tags = ['register: coming and going']
const readers = ['officer', 'supervisor', 'auditor'] as const

/** Figures of the register: what stands in it, and who comes and goes. */
export const figureRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/register/picture/:regionCode',
    {
      schema: {
        summary: 'Families by decile and persons by PPKS kind in a region and directly beneath it',
        tags,
        params: RegionParams,
        response: { 200: Picture, ...problems(400, 401, 403, 404) },
      },
      config: { access: readers },
    },
    async ({ actor, params }) => {
      authorizeCounts(actor, params.regionCode)
      return app.db.as(actor, (tx) => readPicture(tx, actor, params.regionCode))
    },
  )

  app.get(
    '/register/picture/:regionCode/behind',
    {
      schema: {
        summary: 'One of these figures in the regions directly beneath',
        tags,
        params: RegionParams,
        querystring: BehindQuery,
        response: { 200: Behind, ...problems(400, 401, 403, 404) },
      },
      config: { access: readers },
    },
    async ({ actor, params, query }) => {
      authorizeCounts(actor, params.regionCode)
      return app.db.as(actor, (tx) => readBehind(tx, actor, params.regionCode, query))
    },
  )

  app.get(
    '/register/picture/:regionCode/rows',
    {
      schema: {
        summary: 'The families or persons one of these figures counts, names masked; for those whose work it is',
        tags,
        params: RegionParams,
        querystring: BehindRowsQuery,
        response: { 200: BehindRows, ...problems(400, 401, 403, 404) },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params, query }) => {
      authorizeListing(actor, params.regionCode)
      return app.db.as(actor, async (tx) => {
        const list = await listBehind(tx, params.regionCode, query)
        const what = [params.regionCode, query.figure, query.key].filter(Boolean).join('/')
        await sql`select record_act('list', 'register_picture', ${what}, ${params.regionCode},
          ${JSON.stringify({ rows: list.items.length })}::jsonb, null)`.execute(tx)
        return list
      })
    },
  )

  app.get(
    '/public-register/:regionCode',
    {
      schema: {
        summary: 'The same as published: small counts hidden, a new edition every month',
        tags,
        params: RegionParams,
        response: { 200: PublicPicture, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async ({ params }, reply) => {
      const picture = await app.db.asPublic((tx) => readPublicPicture(tx, params.regionCode, app.db.clock()))
      void reply.header('cache-control', 'public, max-age=300')
      return picture
    },
  )

  app.get(
    '/register/movement/:regionCode',
    {
      schema: {
        summary: 'Who came into the register and left it in a month, by reason',
        tags,
        params: RegionParams,
        querystring: MovementQuery,
        response: { 200: Movement, ...problems(400, 401, 403, 404) },
      },
      config: { access: readers },
    },
    async ({ actor, params, query }) => {
      authorizeCounts(actor, params.regionCode)
      return app.db.as(actor, (tx) => readMovement(tx, actor, params.regionCode, query.month))
    },
  )

  app.get(
    '/register/movement/:regionCode/families',
    {
      schema: {
        summary: 'Who stands behind the counts of a month, names masked; for those whose work it is',
        tags,
        params: RegionParams,
        querystring: MovedQuery,
        response: { 200: MovedRows, ...problems(400, 401, 403, 404) },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params, query }) => {
      authorizeListing(actor, params.regionCode)
      return app.db.as(actor, async (tx) => {
        const list = await listMoved(tx, params.regionCode, query)
        await sql`select record_act('list', 'register_movement', ${[params.regionCode, query.month, query.direction, query.who, query.reason].filter(Boolean).join('/')}, ${params.regionCode},
          ${JSON.stringify({ rows: list.items.length })}::jsonb, null)`.execute(tx)
        return list
      })
    },
  )

  app.get(
    '/register/movement/:regionCode/export',
    {
      schema: {
        summary: 'The monthly figures as CSV: counts only, nobody by name',
        tags,
        params: RegionParams,
        querystring: MovementQuery,
        produces: ['text/csv'],
        response: { 200: Type.String(), ...problems(400, 401, 403, 404) },
      },
      config: { access: readers },
    },
    async (request, reply) => {
      const { actor, params, query } = request
      authorizeCounts(actor, params.regionCode)
      const locale = localeOf(request)
      const word = (key: string) => sentence(`movement_${key}`, locale)
      const found = await app.db.as(actor, (tx) => readMovement(tx, actor, params.regionCode, query.month))
      const flows = [
        ['families', found.families],
        ['persons', found.persons],
      ] as const
      const lines = flows.flatMap(([who, flow]) =>
        (['in', 'out'] as const).flatMap((direction) =>
          flow[direction].map(({ reason, count }) => [
            found.month,
            found.region.code,
            found.region.name,
            word(who),
            word(direction),
            word(`reason_${reason}`),
            count,
          ]),
        ),
      )
      const children = found.children.flatMap((one) =>
        (['in', 'out'] as const)
          .filter((direction) => one[direction] > 0)
          .map((direction) => [
            found.month,
            one.region.code,
            one.region.name,
            word('families'),
            word(direction),
            word('all_reasons'),
            one[direction],
          ]),
      )
      const head = ['month', 'region_code', 'region', 'who', 'direction', 'reason', 'count'].map((key) =>
        word(`head_${key}`),
      )
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="pergerakan-${params.regionCode}-${found.month}.csv"`)
        .send(BOM + csvLines([head, ...lines, ...children]))
    },
  )
}
