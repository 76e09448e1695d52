import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { beginPlan, dropPlan, publishPlan, writePlan } from './plan-drafts.ts'
import { endPlan } from './plan-end.ts'
import { checkPlan, listPlans, readPlan, readPlans } from './plan-pages.ts'
import { BeginPlan, EndPlan, PlanBody, PlanCatalogue, PlanCheck, PlanCheckBody, PlanList, PlanPage } from './schema.ts'

const tags = ['services']
const code = Type.String({ pattern: '^[A-Z0-9_]{2,30}$', maxLength: 30 })
const params = Type.Object({ code })
const failures = problems(400, 401, 403, 404, 409)
const readers = { access: ['officer', 'supervisor', 'auditor'] } as const
const office = { access: ['officer', 'supervisor'] } as const

/** Plans of services: read by staff, written by those who own the programme, published by a second person. */
export const servicePlanRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/services/plans',
    {
      schema: {
        summary: 'Plans of services by programme',
        tags,
        response: { 200: PlanCatalogue, ...problems(401, 403) },
      },
      config: readers,
    },
    async ({ actor }) => app.db.as(actor, (tx) => readPlans(tx, actor)),
  )
  app.post(
    '/services/plans/check',
    {
      schema: {
        summary: 'What is wrong with a plan, and what it makes of its examples; nothing is kept',
        tags,
        body: PlanCheckBody,
        response: { 200: PlanCheck, ...problems(400, 401, 403) },
      },
      config: office,
    },
    async (request) => checkPlan(request.body.definition, request.body.examples, localeOf(request)),
  )
  app.get(
    '/services/plans/:code',
    {
      schema: { summary: 'The plans of a programme', tags, params, response: { 200: PlanList, ...failures } },
      config: readers,
    },
    async ({ actor, params: given }) => app.db.as(actor, (tx) => listPlans(tx, actor, given.code)),
  )
  app.get(
    '/services/plans/:code/:which',
    {
      schema: {
        summary: 'One plan by the day it begins, or the draft: with faults, examples, and what may be done',
        tags,
        params: Type.Object({ code, which: Type.String({ pattern: '^(draft|\\d{4}-\\d{2}-\\d{2})$' }) }),
        response: { 200: PlanPage, ...failures },
      },
      config: readers,
    },
    async (request) => {
      const { actor, params: given } = request
      return app.db.as(actor, (tx) => readPlan(tx, actor, given.code, given.which, localeOf(request)))
    },
  )
  app.post(
    '/services/plans/:code/draft',
    {
      schema: {
        summary: 'Begin the draft of the next plan as a copy of one there is',
        tags,
        params,
        body: BeginPlan,
        response: { 201: PlanPage, ...failures },
      },
      config: office,
    },
    async (request, reply) => {
      const { actor, params: given, body } = request
      return reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          await beginPlan(tx, actor, given.code, body.from)
          return readPlan(tx, actor, given.code, 'draft', localeOf(request))
        }),
      )
    },
  )
  app.put(
    '/services/plans/:code/draft',
    {
      schema: {
        summary: 'Put the draft anew',
        tags,
        params,
        body: PlanBody,
        response: { 200: PlanPage, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given, body } = request
      return app.db.as(actor, async (tx) => {
        await writePlan(tx, actor, given.code, body)
        return readPlan(tx, actor, given.code, 'draft', localeOf(request))
      })
    },
  )
  app.delete(
    '/services/plans/:code/draft',
    {
      schema: { summary: 'Drop the draft', tags, params, response: { 200: PlanList, ...failures } },
      config: office,
    },
    async ({ actor, params: given }) =>
      app.db.as(actor, async (tx) => {
        await dropPlan(tx, actor, given.code)
        return listPlans(tx, actor, given.code)
      }),
  )
  app.put(
    '/services/plans/:code/:which/end',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Take a published plan back from a day on; the one before it counts again, running cases keep theirs',
        tags,
        params: Type.Object({ code, which: Type.String({ format: 'date' }) }),
        body: EndPlan,
        response: { 200: PlanPage, ...failures },
      },
      config: { access: ['supervisor'] },
    },
    async (request) => {
      const { actor, params: given, body } = request
      return app.db.as(actor, async (tx) => {
        await endPlan(tx, actor, given.code, given.which, body)
        return readPlan(tx, actor, given.code, given.which, localeOf(request))
      })
    },
  )
  app.post(
    '/services/plans/:code/draft/publish',
    {
      schema: {
        summary: 'Publish the draft; by somebody who did not write it, once all its examples come through',
        tags,
        params,
        response: { 200: PlanPage, ...failures },
      },
      config: { access: ['supervisor'] },
    },
    async (request) => {
      const { actor, params: given } = request
      return app.db.as(actor, async (tx) => {
        const from = await publishPlan(tx, actor, given.code)
        return readPlan(tx, actor, given.code, from, localeOf(request))
      })
    },
  )
}
