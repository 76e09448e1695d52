import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { makeDoor } from './door.ts'
import { gather } from './gather.ts'
import { lookByName, lookByNiks } from './look.ts'
import { ask } from './question.ts'
import { AskedByName, AskedByNik, CheckedName, CheckedNik, CheckQuestion } from './schema.ts'

const tags = ['cek bansos']

/** What anybody may learn of a person's assistance. POST, so that no NIK and no name stands in an address. */
export const checkRoutes: FastifyPluginAsyncTypebox = async (app) => {
  const door = makeDoor(app.db, app.secret)
  const lookByNik = gather(async (niks: string[]) => lookByNiks(app.db, niks, await door.rules()), {
    lanes: 4,
    crowd: 20,
    most: 50,
  })

  app.post(
    '/check/nik',
    {
      config: { access: 'public' },
      schema: {
        summary:
          'What somebody with this NIK receives; the same answer for an unknown number and for nothing that is shown',
        tags,
        body: AskedByNik,
        response: { 200: CheckedNik, ...problems(400, 403, 429) },
      },
    },
    async ({ body, ip }) => {
      await door.enter(ip, body.nik.slice(0, 6), body.question)
      return lookByNik(body.nik)
    },
  )
  app.post(
    '/check/name',
    {
      config: { access: 'public' },
      schema: {
        summary: 'People of this name in this village who receive something, masked',
        tags,
        body: AskedByName,
        response: { 200: CheckedName, ...problems(400, 403, 429) },
      },
    },
    async ({ body, ip }) => {
      const rules = await door.enter(ip, body.regionCode.replaceAll('.', '').slice(0, 6), body.question)
      return lookByName(app.db, body.regionCode, body.name, rules)
    },
  )
  app.get(
    '/check/question',
    {
      config: { access: 'public' },
      schema: {
        summary: 'A question in words, to be answered with the next try where one is asked for',
        tags,
        response: { 200: CheckQuestion },
      },
    },
    async (request) => ask(app.secret, localeOf(request), app.db.clock(), (await door.rules()).questionHours),
  )
  app.addHook('onClose', async () => {
    await door.meter.sync('all').catch(() => {})
  })
}
