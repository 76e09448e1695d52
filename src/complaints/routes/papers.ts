import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { sql } from 'kysely'
import { Type } from 'typebox'
import { notFound } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { parseVerificationCode } from '#src/platform/letters/index.ts'
import { countHit, uploadLimits } from '#src/platform/http/limits.ts'
import { takeFile } from '#src/platform/http/take-file.ts'
import { sendFile } from '#src/platform/http/send-file.ts'
import { saveCase, step, whoIs } from '../case.ts'
import { take } from '../casework.ts'
import { issueLetter } from '../letters.ts'
import { Attachment, Letter, LetterAct } from '../schema.ts'
import { keepAttachment, presentFile } from '../uploads.ts'

const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const readers = ['officer', 'supervisor', 'pillar'] as const

/** Attachments and letters of a case. */
export const paperRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/complaints/:id/attachments',
    {
      schema: {
        summary: 'Add a photo or PDF (multipart field `file`; field `public` = yes when the citizen may see it)',
        tags: ['complaints: papers'],
        params,
        consumes: ['multipart/form-data'],
        response: { 201: Attachment, ...failures, ...problems(413, 415) },
      },
      config: { access: readers },
    },
    async (request, reply) => {
      const {
        actor,
        params: { id },
      } = request
      const limits = await app.db.as(actor, async (tx) => {
        step(await take(tx, actor, id, 'add_evidence'), 'add_evidence')
        return uploadLimits(tx)
      })
      const { fields, ...file } = await takeFile(request, app.files, limits)
      // What a pillar adds comes from the citizen, so the citizen sees it.
      const isPublic = actor.role === 'pillar' || fields['public'] === 'yes'
      await app.db.as(actor, async (tx) => {
        const held = await take(tx, actor, id, 'add_evidence')
        step(held, 'add_evidence')
        await saveCase(tx, whoIs(actor), held, {}, [
          { kind: 'evidence_added', public: isPublic, data: { attachment: file.id } },
        ])
        await keepAttachment(tx, id, file, { accountId: actor.accountId, role: actor.role }, isPublic, actor.at)
      })
      return reply.code(201).send(presentFile(file, actor.role, isPublic, actor.at))
    },
  )
  app.get(
    '/complaints/:id/attachments/:file',
    {
      schema: {
        summary: 'A file of the case, or its thumbnail',
        tags: ['complaints: papers'],
        params: Type.Object({ id: params.properties.id, file: Type.String({ format: 'uuid' }) }),
        querystring: Type.Object({ thumbnail: Type.Optional(Type.Boolean()) }),
      },
      config: { access: readers },
    },
    async ({ actor, params: given, query }, reply) => {
      const file = await app.db.as(actor, async (tx) => {
        const row = await tx
          .selectFrom('attachment as a')
          .innerJoin('complaint as c', 'c.id', 'a.complaint_id')
          .select(['a.file_id as fileId', 'a.name', 'a.media_type as mediaType', 'c.region_code'])
          .where('a.complaint_id', '=', given.id)
          .where('a.id', '=', given.file)
          .executeTakeFirst()
        // Photos of identity cards are personal data: opening one is a look. Thumbnails come with the page.
        if (row && !query.thumbnail)
          await sql`select record_act('look', 'attachment', ${`${given.id}/${given.file}`}, ${row.region_code}, '{}', null)`.execute(
            tx,
          )
        return row
      })
      if (!file) throw notFound('file')
      return sendFile(app.files, reply, file, query.thumbnail)
    },
  )
  app.post(
    '/complaints/:id/letters',
    {
      schema: {
        summary: 'Issue a letter with a verification code',
        tags: ['complaints: papers'],
        params,
        body: LetterAct,
        response: { 201: Letter, ...failures },
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply
        .code(201)
        .send(
          await app.db.as(actor, (tx) =>
            issueLetter(tx, actor, { files: app.files, baseUrl: app.baseUrl, secret: app.secret }, id, body.kind),
          ),
        ),
  )
  app.get(
    '/complaints/:id/letters/:letter',
    {
      schema: {
        summary: 'A letter, PDF',
        tags: ['complaints: papers'],
        params: Type.Object({ id: params.properties.id, letter: Type.String({ format: 'uuid' }) }),
      },
      config: { access: ['officer', 'supervisor'] },
    },
    async ({ actor, params: given }, reply) => {
      const letter = await app.db.as(actor, async (tx) => {
        const row = await tx
          .selectFrom('letter as l')
          .innerJoin('complaint as c', 'c.id', 'l.complaint_id')
          .select(['l.file_id as fileId', 'l.number', 'l.kind', 'l.issued_by', 'c.region_code', 'c.offices'])
          .where('l.complaint_id', '=', given.id)
          .where('l.id', '=', given.letter)
          .executeTakeFirst()
        // A receipt carries the citizen's secret; letters carry names: only for offices that took part.
        if (
          !row ||
          (row.kind === 'receipt' && row.issued_by !== actor.accountId) ||
          !row.offices.includes(actor.officeId ?? '')
        )
          return undefined
        await sql`select record_act('look', 'letter', ${`${given.id}/${given.letter}`}, ${row.region_code}, '{}', null)`.execute(
          tx,
        )
        return row
      })
      if (!letter) throw notFound('letter')
      return sendFile(app.files, reply, {
        fileId: letter.fileId,
        name: `${letter.number.replaceAll('/', '-')}.pdf`,
        mediaType: 'application/pdf',
      })
    },
  )
  app.get(
    '/letters/:code',
    {
      schema: {
        summary: 'Is this letter real?',
        tags: ['complaints: papers'],
        params: Type.Object({ code: Type.String({ maxLength: 40 }) }),
        response: {
          200: Type.Object({
            kind: Type.Enum(['referral', 'answer', 'receipt', 'minutes', 'statement', 'handover']),
            number: Type.String(),
            officeName: Type.String(),
            issuedAt: Type.String({ format: 'date-time' }),
          }),
          ...problems(404, 429),
        },
      },
      config: { access: 'public' },
    },
    async (request) => {
      const code = parseVerificationCode(request.params.code)
      const found = code
        ? await app.db.asPublic((tx) =>
            sql<{
              kind: Letter['kind'] | 'minutes' | 'statement' | 'handover'
              number: string
              office_name: string
              issued_at: Date
            }>`select * from verify_letter(${code})`.execute(tx),
          )
        : { rows: [] }
      const letter = found.rows[0]
      if (!letter) {
        await countHit(app.db, app.secret, 'letter_miss', request.ip)
        throw notFound('letter')
      }
      return {
        kind: letter.kind,
        number: letter.number,
        officeName: letter.office_name,
        issuedAt: letter.issued_at.toISOString(),
      }
    },
  )
}
