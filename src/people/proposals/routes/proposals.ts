import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type, type Static, type TObject } from 'typebox'
import { isWithin, type Actor, type Tx } from '#src/platform/db/index.ts'
import { uploadLimits, countHit } from '#src/platform/http/limits.ts'
import { forbidden, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { v7 as uuidv7 } from 'uuid'
import { sql } from 'kysely'
import { isRepeat } from '#src/platform/http/repeat.ts'
import { amend } from '../amend.ts'
import { calendarAt } from '../calendar.ts'
import { csvOf } from '../export.ts'
import { listProposals } from '../list.ts'
import { mayPropose } from '../policy.ts'
import { theProposer, whoIs } from '../proposal.ts'
import * as schema from '../schema.ts'
import * as steps from '../steps.ts'
import { doorOf, fileRow, submitProposal } from '../submit.ts'
import { viewCheck, viewProposal } from '../view.ts'

const tags = ['proposals']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const workers = ['officer', 'supervisor', 'pillar'] as const
const readers = ['officer', 'supervisor', 'pillar', 'auditor'] as const
const desk = ['officer', 'supervisor'] as const

/** Proposals and objections: how they come in, the list, one of them, and what is done to it outside a meeting. */
export const proposalRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/proposals/calendar',
    {
      schema: {
        summary: 'The month a proposal of today belongs to, and the days that count',
        tags,
        querystring: Type.Object({ region: Type.Optional(schema.RegionCode) }),
        response: { 200: schema.Calendar, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async ({ query }) =>
      app.db.asPublic(async (tx) => {
        const code = query.region ?? '00'
        const region = await tx.selectFrom('region').select('time_zone').where('code', '=', code).executeTakeFirst()
        if (!region) throw notFound('region')
        return calendarAt(tx, app.db.clock(), region.time_zone)
      }),
  )
  app.post(
    '/proposals',
    {
      schema: {
        summary:
          'Propose a family, a correction, a removal, or object: anybody with a name and a NIK, officers, pillars',
        tags,
        body: schema.NewProposal,
        response: { 201: schema.Submitted, ...problems(400, 403, 404, 409, 422, 429) },
      },
      config: { access: 'public' },
    },
    async (request, reply) => {
      const actor = request.session?.actor ?? null
      if (actor && !mayPropose(actor)) throw forbidden('proposal.submit')
      if (actor && !isWithin(request.body.regionCode, actor.regionCode))
        throw invalid({ field: 'regionCode', code: 'outside_region' })
      const input = { ...request.body, id: request.body.id ?? uuidv7() }
      if (!actor) await countHit(app.db, app.secret, 'filing', request.ip)
      const submit = () =>
        actor
          ? app.db.as(actor, (tx) =>
              submitProposal(tx, whoIs(actor), input, { door: doorOf(actor), secret: app.secret }),
            )
          : app.db.as({ proposalId: input.id, at: app.db.clock() }, (tx) =>
              submitProposal(tx, theProposer(app.db.clock()), input, { door: 'citizen', secret: app.secret }),
            )
      const submitted = await submit().catch((error: unknown) => {
        if (isRepeat(error)) return submit()
        const known = error as { table?: unknown; code?: unknown }
        if (known.table === 'proposal' && known.code === '23505') throw new Problem(409, 'already_exists')
        throw error
      })
      return reply.code(201).send(submitted)
    },
  )
  app.get(
    '/proposals',
    {
      schema: {
        summary: 'The list of proposals',
        tags,
        querystring: schema.ListQuery,
        response: { 200: schema.ProposalPage, ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, query }) => app.db.as(actor, (tx) => listProposals(tx, actor, query)),
  )
  app.get(
    '/proposals/export',
    {
      schema: {
        summary: 'The list as CSV: no numbers of people, at most 10,000 rows',
        tags,
        querystring: schema.ListQuery,
      },
      config: { access: desk },
    },
    async ({ actor, query }, reply) => {
      const text = await app.db.as(actor, async (tx) => {
        await sql`select record_act('export', 'proposal', ${actor.regionCode}, ${actor.regionCode}, '{}', null)`.execute(
          tx,
        )
        return csvOf(tx, actor, query)
      })
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="usulan.csv"')
        .send(text)
    },
  )
  app.get(
    '/proposals/:id',
    {
      schema: {
        summary: 'One proposal: people (masked), story, checks, what may be done next',
        tags,
        params,
        response: { 200: schema.Proposal, ...failures },
      },
      config: { access: readers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => viewProposal(tx, actor, id)),
  )
  app.get(
    '/proposals/:id/field-check',
    {
      schema: {
        summary: 'The form of a field check given to me',
        tags,
        params,
        response: { 200: schema.CheckForm, ...failures },
      },
      config: { access: workers },
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => viewCheck(tx, actor, id)),
  )

  /** One act on one proposal: does it and answers the proposal as it is now. */
  const act = <Body extends TObject>(
    name: string,
    summary: string,
    body: Body,
    work: (tx: Tx, actor: Actor, id: string, body: Static<Body>) => Promise<void>,
    access: readonly ('officer' | 'supervisor' | 'pillar')[] = desk,
  ) =>
    app.post(
      `/proposals/:id/${name}`,
      { schema: { summary, tags, params, body, response: { 200: schema.Proposal, ...failures } }, config: { access } },
      async (request) => {
        const { actor } = request
        const { id } = request.params as Static<typeof params>
        return app.db.as(actor, async (tx) => {
          await work(tx, actor, id, request.body as Static<Body>)
          return viewProposal(tx, actor, id)
        })
      },
    )

  act('give-field-check', 'Send somebody to look', schema.GiveCheckAct, (tx, actor, id, body) =>
    steps.giveFieldCheck(tx, actor, id, body, body.version),
  )
  act(
    'field-check',
    'What was found at the door',
    schema.CheckAct,
    (tx, actor, id, body) => steps.submitFieldCheck(tx, actor, id, body),
    workers,
  )
  act('verify', 'Regency or city, first of two', schema.PlainAct, (tx, actor, id, body) =>
    steps.verifyAtRegency(tx, actor, id, body.version),
  )
  act('approve', 'Regency or city, the head: it goes into the register', schema.PlainAct, (tx, actor, id, body) =>
    steps.approveAtRegency(tx, actor, id, body.version),
  )
  act('refuse', 'Regency or city: no, with a reason', schema.ReasonAct, (tx, actor, id, body) =>
    steps.refuse(tx, actor, id, body.reason, body.version),
  )
  act('return', 'Something is missing', schema.ReasonAct, (tx, actor, id, body) =>
    steps.returnForCompletion(tx, actor, id, body.reason, body.version),
  )
  act(
    'complete',
    'What was missing is there',
    schema.WordsAct,
    (tx, actor, id, body) => steps.complete(tx, actor, id, body.body, body.version),
    workers,
  )
  act(
    'amend',
    'Name the family, or put right what was proposed',
    schema.AmendAct,
    (tx, actor, id, body) => amend(tx, actor, id, body),
    workers,
  )
  act(
    'withdraw',
    'The proposer takes it back',
    schema.ReasonAct,
    (tx, actor, id, body) => steps.withdraw(tx, actor, id, body.reason, body.version),
    workers,
  )

  app.post(
    '/proposals/:id/files',
    {
      schema: {
        summary: 'Add a photo or PDF (multipart field `file`; field `what`)',
        tags,
        params,
        consumes: ['multipart/form-data'],
        response: { 201: schema.Proposal, ...failures, ...problems(413, 415) },
      },
      config: { access: workers },
    },
    async (request, reply) => {
      const {
        actor,
        params: { id },
      } = request
      const limits = await app.db.as(actor, async (tx) => {
        await steps.take(tx, actor, id, 'add_file')
        return uploadLimits(tx)
      })
      const { fields, ...file } = await takeFile(request, app.files, limits)
      const what = whatOf(fields['what'])
      const shown = await app.db.as(actor, async (tx) => {
        const held = await steps.take(tx, actor, id, 'add_file')
        await steps.fileAdded(tx, whoIs(actor), held)
        // The proposer sees what they added; what is found at the door stays inside.
        const isPublic = held.row.proposed_by === actor.accountId
        await tx
          .insertInto('proposal_file')
          .values(fileRow(id, { ...file, what }, whoIs(actor), isPublic))
          .execute()
        return viewProposal(tx, actor, id)
      })
      return reply.code(201).send(shown)
    },
  )
  app.get(
    '/proposals/:id/files/:file',
    {
      schema: {
        summary: 'A file of the proposal, or its thumbnail',
        tags,
        params: Type.Object({ id: params.properties.id, file: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: { access: workers },
    },
    async ({ actor, params: given, query }, reply) => {
      const file = await app.db.as(actor, async (tx) => {
        const row = await tx
          .selectFrom('proposal_file as f')
          .innerJoin('proposal as p', 'p.id', 'f.proposal_id')
          .select(['f.file_id as fileId', 'f.name', 'f.media_type as mediaType', 'p.region_code'])
          .where('f.proposal_id', '=', given.id)
          .where('f.id', '=', given.file)
          .executeTakeFirst()
        // Photos of identity cards are personal data: opening one is a look. Thumbnails come with the page.
        if (row && !query.thumbnail)
          await sql`select record_act('look', 'proposal_file', ${`${given.id}/${given.file}`}, ${row.region_code}, '{}', null)`.execute(
            tx,
          )
        return row
      })
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, query.thumbnail)
    },
  )
}

const kinds = new Set<string>(schema.FileWhat.enum)
/** What a file shows, as the form says; `other` where it says nothing known. */
export const whatOf = (given: string | undefined): schema.FileWhat =>
  given !== undefined && kinds.has(given) ? (given as schema.FileWhat) : 'other'
