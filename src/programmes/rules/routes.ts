import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { localDay } from '#src/platform/calendar/index.ts'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { questionnairesOn } from '#src/people/register/index.ts'
import { runExamples } from './examples.ts'
import { fieldsOf } from './facts.ts'
import { checkRule, readRule } from './read-rule.ts'
import { readFacts } from './read-facts.ts'
import { ExampleRun, Explained, ExplainAsked, RuleCheck, RuleDefinition, RuleExample, RuleField } from './schema.ts'
import { faultSentence, presentField } from './words.ts'

const tags = ['programmes: rules']
const access = ['officer', 'supervisor', 'auditor'] as const
const todayOf = (actor: Actor): string => localDay(actor.at, 'Asia/Jakarta')
const onlyDefinition = Type.Object({ definition: RuleDefinition }, { additionalProperties: false })

/** For whoever writes rules, and whoever wants to know why a family is in or out. */
export const ruleRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/rules/check',
    {
      config: { access: [...access] },
      schema: {
        summary: 'What is wrong with a rule, and where in its texts',
        tags,
        body: onlyDefinition,
        response: { 200: RuleCheck, ...problems(400, 401, 403) },
      },
    },
    async (request) => {
      const { actor, body } = request
      const forms = await app.db.as(actor, (tx) => questionnairesOn(tx, todayOf(actor)))
      const locale = localeOf(request)
      const faults = checkRule(body.definition, forms)
      return { faults: faults.map((fault) => ({ ...fault, sentence: faultSentence(fault, locale) })) }
    },
  )

  app.get(
    '/rules/fields',
    {
      config: { access: [...access] },
      schema: {
        summary: 'What a rule may look at, with the questions of the survey forms in force',
        tags,
        response: {
          200: Type.Object({ items: Type.Array(RuleField) }, { additionalProperties: false }),
          ...problems(401, 403),
        },
      },
    },
    async (request) => {
      const { actor } = request
      const forms = await app.db.as(actor, (tx) => questionnairesOn(tx, todayOf(actor)))
      return { items: fieldsOf(forms).map((field) => presentField(field, localeOf(request))) }
    },
  )

  app.post(
    '/rules/explain',
    {
      config: { access: [...access] },
      schema: {
        summary: 'A rule for one family one has opened: each part, what it came to, the data and since when it holds',
        tags,
        body: ExplainAsked,
        response: { 200: Explained, ...problems(400, 401, 403, 404, 409) },
      },
    },
    async ({ actor, body }) =>
      app.db.as(actor, async (tx) => {
        const today = todayOf(actor)
        const asOf = body.asOf ?? today
        if (asOf > today) throw invalid({ field: 'asOf', code: 'future' })
        const definition = body.definition ?? (await publishedRule(tx, body.programmeCode, body.version))
        const facts = await readFacts(tx, actor, body.familyId, asOf)
        return readRule(definition, await questionnairesOn(tx, asOf)).explain(facts, asOf)
      }),
  )

  app.post(
    '/rules/examples/run',
    {
      config: { access: [...access] },
      schema: {
        summary: 'A rule asked about invented families: whether it answers what is expected',
        tags,
        body: Type.Object(
          { definition: RuleDefinition, examples: Type.Array(RuleExample, { maxItems: 50 }) },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({ items: Type.Array(ExampleRun) }, { additionalProperties: false }),
          ...problems(400, 401, 403, 409),
        },
      },
    },
    async ({ actor, body }) => {
      const forms = await app.db.as(actor, (tx) => questionnairesOn(tx, todayOf(actor)))
      return { items: runExamples(body.definition, forms, body.examples) }
    },
  )
}

/** The rule of a version of a programme, as far as the actor sees that version. */
async function publishedRule(tx: Tx, code: string | undefined, version: number | undefined): Promise<RuleDefinition> {
  if (code === undefined || version === undefined) throw invalid({ field: 'definition', code: 'required' })
  const { rows } = await sql<{ rule: unknown }>`
    select rule from programme_version where programme_code = ${code} and version = ${version}`.execute(tx)
  const rule = rows[0]?.rule
  if (!Value.Check(RuleDefinition, rule)) throw notFound('programme_version')
  return rule
}
