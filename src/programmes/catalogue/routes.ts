import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { beginDraft, createProgramme, dropDraft, endVersion, publishDraft, writeDraft } from './draft.ts'
import { compareVersions, listVersions, readCatalogue, readProgramme, readVersion } from './pages.ts'
import {
  BeginDraft,
  Catalogue,
  DraftBody,
  EndAct,
  NewProgramme,
  ProgrammeCode,
  ProgrammePage,
  PublishAct,
  VersionDifferences,
  VersionList,
  VersionNumber,
  VersionPage,
} from './schema.ts'

const tags = ['programmes']
const params = Type.Object({ code: ProgrammeCode })
const versioned = Type.Object({ code: ProgrammeCode, version: VersionNumber })
const failures = problems(400, 401, 403, 404, 409)
const readers = { access: ['officer', 'supervisor', 'auditor'] } as const
const office = { access: ['officer', 'supervisor'] } as const
const heads = { access: ['supervisor'] } as const

/** Programmes and their versions: read by everybody, written by those who own them. */
export const catalogueRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/catalogue',
    {
      schema: {
        summary: 'Every programme with what counts today; for staff',
        tags,
        response: { 200: Catalogue, ...failures },
      },
      config: readers,
    },
    async ({ actor }) => app.db.as(actor, (tx) => readCatalogue(tx, actor)),
  )
  app.post(
    '/programmes',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'A programme of one’s own region, still without a version',
        tags,
        body: NewProgramme,
        response: { 201: VersionList, ...failures },
      },
      config: heads,
    },
    async ({ actor, body }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          await createProgramme(tx, actor, body)
          return listVersions(tx, actor, body.code)
        }),
      ),
  )
  app.get(
    '/programmes/:code',
    {
      schema: {
        summary: 'A programme and the version that counts today, with what in it was not verified',
        tags,
        params,
        response: { 200: ProgrammePage, ...problems(400, 404) },
      },
      config: { access: 'public' },
    },
    async ({ params: { code } }) => app.db.asPublic((tx) => readProgramme(tx, code, app.db.clock())),
  )
  app.get(
    '/programmes/:code/versions',
    {
      schema: { summary: 'All versions of a programme', tags, params, response: { 200: VersionList, ...failures } },
      config: readers,
    },
    async ({ actor, params: { code } }) => app.db.as(actor, (tx) => listVersions(tx, actor, code)),
  )
  app.get(
    '/programmes/:code/versions/:version',
    {
      schema: {
        summary: 'One version with its examples, its faults, and what may be done',
        tags,
        params: versioned,
        response: { 200: VersionPage, ...failures },
      },
      config: readers,
    },
    async (request) => {
      const { actor, params: given } = request
      return app.db.as(actor, (tx) => readVersion(tx, actor, given.code, given.version, localeOf(request)))
    },
  )
  app.get(
    '/programmes/:code/versions/:version/differences',
    {
      schema: {
        summary: 'What differs between two versions, field by field',
        tags,
        params: versioned,
        querystring: Type.Object({ from: VersionNumber }, { additionalProperties: false }),
        response: { 200: VersionDifferences, ...failures },
      },
      config: readers,
    },
    async ({ actor, params: { code, version }, query }) =>
      app.db.as(actor, (tx) => compareVersions(tx, code, query.from, version)),
  )
  app.post(
    '/programmes/:code/draft',
    {
      schema: {
        summary: 'Begin the draft of the next version as a copy of one there is',
        tags,
        params,
        body: BeginDraft,
        response: { 201: VersionPage, ...failures },
      },
      config: office,
    },
    async (request, reply) => {
      const { actor, params: given, body } = request
      return reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          const version = await beginDraft(tx, actor, given.code, body.from)
          return readVersion(tx, actor, given.code, version, localeOf(request))
        }),
      )
    },
  )
  app.put(
    '/programmes/:code/draft',
    {
      schema: {
        summary: 'Put the draft anew',
        tags,
        params,
        body: DraftBody,
        response: { 200: VersionPage, ...failures },
      },
      config: office,
    },
    async (request) => {
      const { actor, params: given, body } = request
      return app.db.as(actor, async (tx) => {
        const version = await writeDraft(tx, actor, given.code, body)
        return readVersion(tx, actor, given.code, version, localeOf(request))
      })
    },
  )
  app.delete(
    '/programmes/:code/draft',
    {
      schema: { summary: 'Drop the draft', tags, params, response: { 200: VersionList, ...failures } },
      config: office,
    },
    async ({ actor, params: { code } }) =>
      app.db.as(actor, async (tx) => {
        await dropDraft(tx, actor, code)
        return listVersions(tx, actor, code)
      }),
  )
  app.post(
    '/programmes/:code/draft/publish',
    {
      schema: {
        summary: 'Publish the draft; by somebody who did not write it, once all its examples come out as expected',
        tags,
        params,
        body: PublishAct,
        response: { 200: VersionPage, ...failures },
      },
      config: heads,
    },
    async (request) => {
      const { actor, params: given, body } = request
      return app.db.as(actor, async (tx) => {
        const version = await publishDraft(tx, actor, given.code, body.reason)
        return readVersion(tx, actor, given.code, version, localeOf(request))
      })
    },
  )
  app.put(
    '/programmes/:code/versions/:version/end',
    {
      validatorCompiler: everyFault,
      schema: {
        summary: 'End a published version on a day; one that has not begun is withdrawn',
        tags,
        params: versioned,
        body: EndAct,
        response: { 200: VersionPage, ...failures },
      },
      config: heads,
    },
    async (request) => {
      const { actor, params: given, body } = request
      return app.db.as(actor, async (tx) => {
        await endVersion(tx, actor, given.code, given.version, body)
        return readVersion(tx, actor, given.code, given.version, localeOf(request))
      })
    },
  )
}
