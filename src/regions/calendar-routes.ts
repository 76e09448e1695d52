import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { addHoliday, holidaysOf, removeHoliday, renameHoliday } from './holidays.ts'
import { getRegion } from './queries.ts'
import { DayText, Holiday, HolidayChange, NewHoliday, RegionCode, WorkingWeek, WorkingWeekChange } from './schema.ts'
import { removeWorkingWeek, setWorkingWeek, workingWeeksOf } from './working-weeks.ts'

const strict = { additionalProperties: false }
const ofHoliday = Type.Object({ code: RegionCode, day: DayText }, strict)
const ofWeek = Type.Object({ code: RegionCode, validFrom: DayText }, strict)
const region = Type.Optional(RegionCode)

/** The working calendar. Everybody may read it: it decides when an answer is due. */
export const calendarRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/holidays',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Days off of a year that hold in a region',
        tags: ['calendar'],
        querystring: Type.Object({ year: Type.Integer({ minimum: 2000, maximum: 2200 }), region }, strict),
        response: { 200: Type.Object({ items: Type.Array(Holiday) }, strict), ...problems(400, 404) },
      },
    },
    async ({ query, session }) =>
      app.db.asPublic(async (tx) => {
        const { code } = await getRegion(tx, query.region ?? '00')
        return { items: await holidaysOf(tx, session?.actor ?? null, code, query.year) }
      }),
  )

  app.post(
    '/holidays',
    {
      config: { access: ['administrator'] },
      schema: {
        summary: 'Add a day off',
        description: 'Deadlines that run over this day move in the same transaction.',
        tags: ['calendar'],
        body: NewHoliday,
        response: { 201: Holiday, ...problems(400, 401, 403, 409) },
      },
    },
    async ({ actor, body }, reply) => {
      const holiday = await app.db.as(actor, (tx) => addHoliday(tx, actor, body))
      return reply.code(201).send(holiday)
    },
  )

  app.put(
    '/holidays/:code/:day',
    {
      config: { access: ['administrator'] },
      schema: {
        summary: 'Give a day off another name or kind',
        tags: ['calendar'],
        params: ofHoliday,
        body: HolidayChange,
        response: { 200: Holiday, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ actor, params, body }) =>
      app.db.as(actor, (tx) => renameHoliday(tx, actor, params.code, params.day, body)),
  )

  app.delete(
    '/holidays/:code/:day',
    {
      config: { access: ['administrator'] },
      schema: {
        summary: 'Make a day off an ordinary day again',
        tags: ['calendar'],
        params: ofHoliday,
        response: { 204: Type.Null(), ...problems(400, 401, 403, 404, 409) },
      },
    },
    async ({ actor, params }, reply) => {
      await app.db.as(actor, (tx) => removeHoliday(tx, params.code, params.day))
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/working-weeks',
    {
      config: { access: 'public' },
      schema: {
        summary: 'Dated working weeks of a region and of all above it',
        tags: ['calendar'],
        querystring: Type.Object({ region }, strict),
        response: { 200: Type.Object({ items: Type.Array(WorkingWeek) }, strict), ...problems(400, 404) },
      },
    },
    async ({ query, session }) =>
      app.db.asPublic(async (tx) => {
        const { code } = await getRegion(tx, query.region ?? '00')
        return { items: await workingWeeksOf(tx, session?.actor ?? null, code) }
      }),
  )

  app.put(
    '/working-weeks/:code/:validFrom',
    {
      config: { access: ['administrator'] },
      schema: {
        summary: 'Set the working week of a region from a day on',
        description: 'One that begins on the same day is replaced. Deadlines move in the same transaction.',
        tags: ['calendar'],
        params: ofWeek,
        body: WorkingWeekChange,
        response: { 200: WorkingWeek, ...problems(400, 401, 403, 404) },
      },
    },
    async ({ actor, params, body }) =>
      app.db.as(actor, (tx) => setWorkingWeek(tx, actor, params.code, params.validFrom, body)),
  )

  app.delete(
    '/working-weeks/:code/:validFrom',
    {
      config: { access: ['administrator'] },
      schema: {
        summary: 'Take a dated working week away',
        tags: ['calendar'],
        params: ofWeek,
        response: { 204: Type.Null(), ...problems(400, 401, 403, 404, 409) },
      },
    },
    async ({ actor, params }, reply) => {
      await app.db.as(actor, (tx) => removeWorkingWeek(tx, params.code, params.validFrom))
      return reply.code(204).send(null)
    },
  )
}
