import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { asFile } from './as-file.ts'
import { countRule } from './rule-count.ts'
import { ruleFamilies, ruleFile } from './rule-families.ts'
import { RuleCount, RuleCountAsked, RuleFamilies, RuleFamiliesExport, RuleFamiliesPage } from './schema.ts'

const tags = ['programmes: rules']
const failures = problems(400, 401, 403, 404, 409)
const office = { access: ['officer', 'supervisor'] } as const

/** What a rule comes to while it is written; nothing is kept. */
export const ruleCountRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/rules/count',
    {
      schema: {
        summary: 'How many families of a region a rule would let in; counts only, none of a handful',
        tags,
        body: RuleCountAsked,
        response: { 200: RuleCount, ...failures },
      },
      config: { access: ['officer', 'supervisor', 'auditor'] },
    },
    async ({ actor, body }) => countRule(app.db, actor, body),
  )
  app.post(
    '/rules/count/families',
    {
      schema: {
        summary: 'The families behind one of these figures, names masked',
        tags,
        body: RuleFamilies,
        response: { 200: RuleFamiliesPage, ...failures },
      },
      config: office,
    },
    async (request) => ruleFamilies(app.db, request.actor, request.body, localeOf(request)),
  )
  app.post(
    '/rules/count/families/export',
    {
      schema: { summary: 'The same as a file', tags, body: RuleFamiliesExport, response: failures },
      config: office,
    },
    async (request, reply) => {
      const file = await ruleFile(app.db, request.actor, request.body, localeOf(request))
      return asFile(reply, `aturan-${request.body.figure}`, request.body.format).send(file)
    },
  )
}
