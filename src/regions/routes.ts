import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { calendarRoutes } from './calendar-routes.ts'
import { changeContact, getOffice, officeChain, officesOf } from './offices.ts'
import { regionMap } from './map.ts'
import { childrenOf, getRegion } from './queries.ts'
import { Agency, Office, OfficeContact, OfficeLink, Region, RegionCode, RegionMap, RegionRef, Tier } from './schema.ts'
import { searchRegions } from './search.ts'

const strict = { additionalProperties: false }
const ofRegion = Type.Object({ code: RegionCode }, strict)
const ofOffice = Type.Object({ code: RegionCode, agency: Agency }, strict)
const Regions = Type.Object({ items: Type.Array(RegionRef) }, strict)

/** Names and codes change once in years: a browser may keep them for some minutes. */
const KEEP = 'public, max-age=600'

export const regionRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/regions',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Find regions as people type them',
        description:
          'By name, by name and what lies above it in any order, half typed or with a slip of the finger; or by code. Best first.',
        tags: ['regions'],
        querystring: Type.Object(
          {
            q: Type.String({ minLength: 1, maxLength: 200 }),
            tier: Type.Optional(Tier),
            within: Type.Optional(RegionCode),
            limit: Type.Integer({ minimum: 1, maximum: 50, default: 10 }),
          },
          strict,
        ),
        response: { 200: Regions, ...problems(400, 404) },
      },
    },
    async ({ query: { q, ...options } }, reply) => {
      void reply.header('cache-control', KEEP)
      return app.db.asPublic(async (tx) => ({ items: await searchRegions(tx, q, options) }))
    },
  )

  app.get(
    '/regions/:code',
    {
      config: { access: 'public' },
      schema: {
        summary: 'A region, what lies above it and how much beneath',
        tags: ['regions'],
        params: ofRegion,
        response: { 200: Region, ...problems(400, 404) },
      },
    },
    async ({ params }, reply) => {
      const region = await app.db.asPublic((tx) => getRegion(tx, params.code))
      return reply.header('cache-control', KEEP).send(region)
    },
  )

  app.get(
    '/regions/:code/map',
    {
      config: { access: 'public' },
      schema: {
        summary: 'What a small map of the region shows: where it lies, places around it, land',
        tags: ['regions'],
        params: ofRegion,
        response: { 200: RegionMap, ...problems(400, 404) },
      },
    },
    async ({ params }, reply) => {
      const map = await app.db.asPublic((tx) => regionMap(tx, params.code))
      return reply.header('cache-control', KEEP).send(map)
    },
  )

  app.get(
    '/regions/:code/children',
    {
      config: { access: 'public' },
      schema: {
        summary: 'The regions directly beneath',
        tags: ['regions'],
        params: ofRegion,
        response: { 200: Regions, ...problems(400, 404) },
      },
    },
    async ({ params }, reply) => {
      const items = await app.db.asPublic((tx) => childrenOf(tx, params.code))
      return reply.header('cache-control', KEEP).send({ items })
    },
  )

  app.get(
    '/regions/:code/offices',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Offices of a region, and the social offices above it',
        description: 'The first staffed office of the chain takes the complaints of the region.',
        tags: ['regions'],
        params: ofRegion,
        response: {
          200: Type.Object({ items: Type.Array(Office), chain: Type.Array(OfficeLink) }, strict),
          ...problems(400, 404),
        },
      },
    },
    async ({ params }) =>
      app.db.asPublic(async (tx) => {
        await getRegion(tx, params.code)
        return { items: await officesOf(tx, params.code), chain: await officeChain(tx, params.code) }
      }),
  )

  app.get(
    '/regions/:code/offices/:agency',
    {
      config: { access: 'public' },
      schema: {
        summary: 'An office and its contact',
        tags: ['regions'],
        params: ofOffice,
        response: { 200: Office, ...problems(400, 404) },
      },
    },
    async ({ params }) => app.db.asPublic((tx) => getOffice(tx, params.code, params.agency)),
  )

  app.put(
    '/regions/:code/offices/:agency',
    {
      config: { access: ['administrator'] },
      schema: {
        summary: 'Write down where an office can be reached',
        tags: ['regions'],
        params: ofOffice,
        body: OfficeContact,
        response: { 200: Office, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ actor, params, body }) => app.db.as(actor, (tx) => changeContact(tx, params.code, params.agency, body)),
  )

  await app.register(calendarRoutes)
}
