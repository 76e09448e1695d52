import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { everyFault } from '#src/platform/http/compile.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { applyForService } from './apply.ts'
import { getCase } from './cases.ts'
import { finish, reject, stop } from './closing.ts'
import { addMember, leaveGroup } from './members.ts'
import {
  Application,
  AssessAct,
  CloseAct,
  EndAct,
  GiveAct,
  LeaveAct,
  MemberAct,
  MoveAct,
  OpenAct,
  PlanAct,
  Recorded,
  ServiceCase,
  Worker,
} from './schema.ts'
import { openCase, readCase } from './view.ts'
import { assess, moveStep, planSteps } from './work.ts'
import { giveCase, workersOf } from './workers.ts'

const tags = ['services']
const id = Type.String({ format: 'uuid' })
const params = Type.Object({ id })
const stepParams = Type.Object({ id, seq: Type.Integer({ minimum: 1, maximum: 100_000 }) })
const failures = problems(400, 401, 403, 404, 409)
const office = { access: ['officer', 'supervisor'] } as const
const everybody = { access: ['officer', 'supervisor', 'pillar'] } as const

/** One case and what is done with it. Every act answers with the case as it stands afterwards. */
export const serviceActRoutes: FastifyPluginAsyncTypebox = async (app) => {
  /** One act and the case after it, in one transaction. */
  const act = (actor: Actor, caseId: string, work: (tx: Tx) => Promise<unknown>) =>
    app.db.as(actor, async (tx) => {
      await work(tx)
      return readCase(tx, actor, caseId)
    })

  app.post(
    '/services/cases',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Take an application; the same id twice is one',
        tags,
        body: Application,
        response: { 201: Type.Object({ id, number: Type.String() }), ...failures },
      },
      config: office,
    },
    async ({ actor, body }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          const made = await applyForService(tx, actor, body)
          return { id: made, number: (await getCase(tx, made)).number }
        }),
      ),
  )
  app.get(
    '/services/cases/:id',
    {
      schema: {
        summary: 'A case, as far as one may know it',
        tags,
        params,
        response: { 200: ServiceCase, ...failures },
      },
      config: { access: ['officer', 'supervisor', 'pillar', 'auditor'] },
    },
    async ({ actor, params: { id: caseId } }, reply) => {
      void reply.header('cache-control', 'no-store')
      return app.db.as(actor, (tx) => readCase(tx, actor, caseId))
    },
  )
  app.post(
    '/services/cases/:id/open',
    {
      schema: {
        summary: 'Open the family for this work, with a reason; what was found can be read then',
        tags,
        params,
        body: OpenAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }) =>
      act(actor, caseId, (tx) => openCase(tx, actor, caseId, body.reason)),
  )
  app.get(
    '/services/cases/:id/workers',
    {
      schema: {
        summary: 'Who can be given the case or a step of it',
        tags,
        params,
        response: { 200: Type.Array(Worker), ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId } }) =>
      app.db.as(actor, async (tx) => {
        const row = await getCase(tx, caseId)
        return workersOf(tx, row.office_id, row.region_code)
      }),
  )
  app.post(
    '/services/cases/:id/give',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Give the case to another case worker',
        tags,
        params,
        body: GiveAct,
        response: { 204: Type.Null(), ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }, reply) => {
      await app.db.as(actor, (tx) => giveCase(tx, actor, caseId, body.accountId))
      // Whoever handed it on may not see it any more.
      return reply.code(204).send(null)
    },
  )
  app.post(
    '/services/cases/:id/assess',
    {
      schema: {
        summary: 'Record an assessment',
        tags,
        params,
        body: AssessAct,
        response: { 200: Recorded, ...failures },
      },
      config: everybody,
    },
    async ({ actor, params: { id: caseId }, body }) => app.db.as(actor, (tx) => assess(tx, actor, caseId, body)),
  )
  app.post(
    '/services/cases/:id/plan',
    {
      schema: {
        summary: 'Plan the work: which steps, when, by whom',
        tags,
        params,
        body: PlanAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }) => act(actor, caseId, (tx) => planSteps(tx, actor, caseId, body)),
  )
  app.post(
    '/services/cases/:id/steps/:seq/move',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Move what is due, with a reason',
        tags,
        params: stepParams,
        body: MoveAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: everybody,
    },
    async ({ actor, params: { id: caseId, seq }, body }) =>
      act(actor, caseId, (tx) => moveStep(tx, actor, caseId, seq, body)),
  )
  app.post(
    '/services/cases/:id/finish',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'End it with what came of it',
        tags,
        params,
        body: CloseAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }) => act(actor, caseId, (tx) => finish(tx, actor, caseId, body)),
  )
  app.post(
    '/services/cases/:id/stop',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Stop before the end, with a reason',
        tags,
        params,
        body: EndAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }) => act(actor, caseId, (tx) => stop(tx, actor, caseId, body)),
  )
  app.post(
    '/services/cases/:id/reject',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'Turn an application down, with a reason',
        tags,
        params,
        body: EndAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }) => act(actor, caseId, (tx) => reject(tx, actor, caseId, body)),
  )
  app.post(
    '/services/cases/:id/members',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'A family joins a group',
        tags,
        params,
        body: MemberAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId }, body }) => act(actor, caseId, (tx) => addMember(tx, actor, caseId, body)),
  )
  app.post(
    '/services/cases/:id/members/:member/leave',
    {
      schema: {
        summary: 'A family leaves a group',
        tags,
        params: Type.Object({ id, member: id }),
        body: LeaveAct,
        response: { 200: ServiceCase, ...failures },
      },
      config: office,
    },
    async ({ actor, params: { id: caseId, member }, body }) =>
      act(actor, caseId, (tx) => leaveGroup(tx, actor, caseId, member, body.reason)),
  )
}
