import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { asFile } from './as-file.ts'
import { WhatIf, WhatIfAnswer, WhatIfExport, WhatIfFamilies, WhatIfPage } from './schema.ts'
import { whatIfFamilies, whatIfFile } from './what-if-families.ts'
import { whatIf } from './what-if-figures.ts'

const tags = ['determinations']
const failures = problems(400, 401, 403, 404, 409)
const config = { access: ['officer', 'supervisor'] } as const

/** What is tried before anybody decides: worked out anew for every question, nothing kept. */
export const whatIfRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/determinations/what-if',
    {
      schema: {
        summary: 'Who would enter and leave with another rule, decile limit or quota; nothing is kept',
        tags,
        body: WhatIf,
        response: { 200: WhatIfAnswer, ...failures },
      },
      config,
    },
    async ({ actor, body }) => whatIf(app.db, actor, body),
  )
  app.post(
    '/determinations/what-if/families',
    {
      schema: {
        summary: 'The families behind one of these figures, names masked',
        tags,
        body: WhatIfFamilies,
        response: { 200: WhatIfPage, ...failures },
      },
      config,
    },
    async (request) => whatIfFamilies(app.db, request.actor, request.body, localeOf(request)),
  )
  app.post(
    '/determinations/what-if/families/export',
    {
      schema: { summary: 'The same as a file', tags, body: WhatIfExport, response: problems(400, 401, 403, 404, 409) },
      config,
    },
    async (request, reply) => {
      const file = await whatIfFile(app.db, request.actor, request.body, localeOf(request))
      return asFile(reply, `simulasi-${request.body.side}`, request.body.format).send(file)
    },
  )
}
