import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static, type TObject } from 'typebox'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { asProblem } from '#src/platform/http/answer.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import {
  answer,
  askCompletion,
  assign,
  close,
  note,
  reclassify,
  reject,
  reply as sayTo,
  returnAnswer,
  staffOf,
  verify,
  verifyAnswer,
} from '../casework.ts'
import { approve, recommend, returnRecommendation } from '../desk.ts'
import { countQueues, listComplaints } from '../inbox.ts'
import { joinCases, separate } from '../joining.ts'
import { parseNumber } from '../number.ts'
import { openProposal } from '../proposals.ts'
import { accept, decline, refer, revoke } from '../referral.ts'
import { reveal } from '../reveal.ts'
import * as schema from '../schema.ts'
import { viewCase } from '../view.ts'

const tags = ['complaints: casework']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const workers = ['officer', 'supervisor', 'pillar'] as const
const readers = ['officer', 'supervisor', 'pillar', 'auditor'] as const

export const caseRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/complaints',
    {
      schema: {
        summary: 'The list an officer works in',
        tags,
        querystring: schema.InboxQuery,
        response: { 200: schema.Page, ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listComplaints(tx, actor, query)),
  )
  app.get(
    '/complaints/counts',
    {
      schema: {
        summary: 'How much waits in each queue, each capped at 1,000',
        tags,
        response: { 200: schema.QueueCounts, ...failures },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor }) => app.db.as(actor, (tx) => countQueues(tx, actor)),
  )
  app.get(
    '/complaints/colleagues',
    {
      schema: {
        summary: 'People of my office who can be given work',
        tags,
        response: { 200: Type.Array(schema.Colleague), ...failures },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor }) => {
      const found = await app.db.as(actor, (tx) => staffOf(tx, actor.officeId ?? ''))
      return found.rows.map((one) => ({ id: one.account_id, name: one.name, role: one.role }))
    },
  )
  app.get(
    '/complaints/:id',
    {
      schema: {
        summary: 'One case: facts, people (masked), story, clocks, what may be done next',
        tags,
        params,
        response: { 200: schema.Case, ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => viewCase(tx, actor, id)),
  )
  app.get(
    '/complaints/by-number/:number',
    {
      schema: {
        summary: 'The id of a case by its number',
        tags,
        params: Type.Object({ number: Type.String({ maxLength: 40 }) }),
        response: { 200: Type.Object({ id: Type.String({ format: 'uuid' }) }), ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, params: given }) => {
      const parsed = parseNumber(given.number)
      const row = parsed.ok
        ? await app.db.as(actor, (tx) =>
            tx.selectFrom('complaint').select('id').where('number', '=', parsed.number).executeTakeFirst(),
          )
        : undefined
      if (!row) throw notFound('complaint')
      return row
    },
  )
  app.post(
    '/complaints/assign',
    {
      schema: {
        summary: 'Give many cases to somebody; each succeeds or is refused by itself',
        tags,
        body: schema.BulkAssign,
        response: {
          200: Type.Object({
            assigned: Type.Array(Type.String({ format: 'uuid' })),
            refused: Type.Array(Type.Object({ id: Type.String({ format: 'uuid' }), code: Type.String() })),
          }),
          ...failures,
        },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, body }) => {
      const assigned: string[] = []
      const refused: { id: string; code: string }[] = []
      for (const id of body.ids)
        try {
          await app.db.as(actor, (tx) => assign(tx, actor, id, body.assigneeId))
          assigned.push(id)
        } catch (error) {
          const problem = asProblem(error)
          if (!problem) throw error
          refused.push({ id, code: problem.code })
        }
      return { assigned, refused }
    },
  )

  /** One act on one case: does it and answers the case as it is now. */
  const act = <Body extends TObject>(
    name: string,
    summary: string,
    body: Body,
    work: (tx: Tx, actor: Actor, id: string, body: Static<Body>) => Promise<void>,
    access: readonly ('officer' | 'supervisor' | 'pillar')[] = ['officer', 'supervisor'],
  ) =>
    app.post(
      `/complaints/:id/${name}`,
      { schema: { summary, tags, params, body, response: { 200: schema.Case, ...failures } }, config: { access } },
      async (request) => {
        const { actor } = request
        const { id } = request.params as Static<typeof params>
        return app.db.as(actor, async (tx) => {
          await work(tx, actor, id, request.body as Static<Body>)
          return viewCase(tx, actor, id)
        })
      },
    )

  act('verify', 'It is complete and belongs here', schema.PlainAct, (tx, actor, id, body) =>
    verify(tx, actor, id, body.version),
  )
  act('ask-completion', 'Ask the citizen for what is missing', schema.WordsAct, (tx, actor, id, body) =>
    askCompletion(tx, actor, id, body.body, body.version),
  )
  act('assign', 'Give it to somebody of the office', schema.AssignAct, (tx, actor, id, body) =>
    assign(tx, actor, id, body.assigneeId, body.version),
  )
  act('answer', 'Answer the citizen', schema.WordsAct, (tx, actor, id, body) =>
    answer(tx, actor, id, body.body, body.version),
  )
  act('refer-up', 'Refer to the next tier that has staff', schema.ReferAct, (tx, actor, id, body) =>
    refer(tx, actor, id, 'up', body, body.version),
  )
  act('refer-sideways', 'Refer to another agency', schema.ReferAct, (tx, actor, id, body) =>
    refer(tx, actor, id, 'sideways', body, body.version),
  )
  act('send-down', 'Send back down', schema.ReferAct, (tx, actor, id, body) =>
    refer(tx, actor, id, 'down', body, body.version),
  )
  act('accept', 'Take up what was referred to us', schema.PlainAct, (tx, actor, id, body) =>
    accept(tx, actor, id, body.version),
  )
  act('decline', 'Give back what was referred to us', schema.ReasonAct, (tx, actor, id, body) =>
    decline(tx, actor, id, body.reason, body.version),
  )
  act('revoke', 'Take back what we referred', schema.ReasonAct, (tx, actor, id, body) =>
    revoke(tx, actor, id, body.reason, body.version),
  )
  act('reject', 'Reject with a reason', schema.ReasonAct, (tx, actor, id, body) =>
    reject(tx, actor, id, body.reason, body.version),
  )
  act('join', 'Handle together with another case', schema.JoinAct, (tx, actor, id, body) =>
    joinCases(tx, actor, id, body.toId, body.version),
  )
  act('separate', 'The joined cases were different', schema.ReasonAct, (tx, actor, id, body) =>
    separate(tx, actor, id, body.reason, body.version),
  )
  act('close', 'The citizen says it is settled', schema.ReasonAct, (tx, actor, id, body) =>
    close(tx, actor, id, body.reason, body.version),
  )
  act(
    'open-proposal',
    'Open a proposal to the register, everything filled in',
    schema.PlainAct,
    (tx, actor, id, body) => openProposal(tx, actor, app.secret, id, body.version),
  )
  act('note', 'For colleagues only', schema.WordsAct, (tx, actor, id, body) => note(tx, actor, id, body.body))
  act('recommend', 'Back office: what should be done', schema.RecommendAct, (tx, actor, id, body) =>
    recommend(tx, actor, id, body, body.version),
  )
  act(
    'approve',
    'Coordinator or manager: do what was recommended',
    Type.Object(
      { note: Type.Optional(Type.String({ maxLength: 2000 })), version: Type.Optional(Type.Integer()) },
      { additionalProperties: false },
    ),
    (tx, actor, id, body) => approve(tx, actor, id, body.note, body.version),
  )
  act('return', 'Coordinator or manager: not like this', schema.WordsAct, (tx, actor, id, body) =>
    returnRecommendation(tx, actor, id, body.body, body.version),
  )
  act('verify-answer', 'A second pair of eyes finds the answer right', schema.PlainAct, (tx, actor, id, body) =>
    verifyAnswer(tx, actor, id, body.version),
  )
  act('return-answer', 'The answer was not good enough', schema.ReasonAct, (tx, actor, id, body) =>
    returnAnswer(tx, actor, id, body.reason, body.version),
  )
  act('reclassify', 'Another class, matter or programme', schema.ReclassifyAct, (tx, actor, id, body) =>
    reclassify(tx, actor, id, body, body.version),
  )
  act(
    'reply',
    'Write to the citizen, or for them',
    schema.WordsAct,
    (tx, actor, id, body) => sayTo(tx, actor, id, body.body),
    workers,
  )

  app.post(
    '/complaints/:id/reveal',
    {
      schema: {
        summary: 'See a full number once, with a reason; it is written down',
        tags,
        params,
        body: schema.RevealAct,
        response: { 200: Type.Object({ value: Type.String() }), ...failures },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id }, body }) =>
      app.db.as(actor, async (tx) => ({ value: await reveal(tx, actor, id, body) })),
  )
}
