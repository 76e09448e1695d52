import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { everyFault } from '#src/platform/http/compile.ts'
import { type Locale, localeOf } from '#src/platform/http/locale.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { validationFaults } from '#src/platform/http/answer.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { sentence } from '#src/platform/http/sentences.ts'
import { BOM } from '#src/platform/text/csv.ts'
import { distributionTerms } from '../reconciliation/terms.ts'
import { readAccounts, revealAccount, setAccount } from './accounts.ts'
import { discardPaymentFile, getPaymentFile, makePaymentFile, releasePaymentFile, takePaymentFile } from './making.ts'
import { accountImportRoutes } from './imports/index.ts'
import { listWithoutAccount, readPaymentFile, readPayments } from './queries.ts'
import { faultsCsv, faultsOf, importResult, type Outcome } from './results.ts'
import * as schema from './schema.ts'
import { takeTable } from './take-table.ts'

const tags = ['distribution: payments']
const Uuid = Type.String({ format: 'uuid' })
const params = Type.Object({ id: Uuid })
const atFile = Type.Object({ id: Uuid, file: Uuid })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const
const nothing = Type.Object({}, { additionalProperties: false })
const say = (code: string, locale: Locale) => sentence(`reconciliation_fault_${code}`, locale)

const presentOutcome = (outcome: Outcome, dry: boolean, locale: Locale): schema.PaymentResult => ({
  ...outcome,
  dry,
  faults: outcome.faults.length,
  first: outcome.faults.slice(0, 100).map((one) => ({ ...one, message: say(one.code, locale) })),
  importedAt: outcome.importedAt?.toISOString() ?? null,
})

/** Accounts of families; files for bank and post, made by one and released by another; what came back. */
export const paymentRoutes: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(accountImportRoutes)
  app.get(
    '/distribution/accounts/:family',
    {
      schema: {
        summary: 'Accounts of an opened family, masked; the look is written down',
        tags,
        params: Type.Object({ family: Uuid }),
        response: { 200: schema.AccountsOf, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { family } }) => app.db.as(actor, (tx) => readAccounts(tx, actor, family)),
  )
  app.post(
    '/distribution/accounts/:family',
    {
      schema: {
        summary: 'Write down where an opened family is paid',
        tags,
        params: Type.Object({ family: Uuid }),
        body: schema.NewAccount,
        response: { 201: schema.AccountsOf, ...failures },
      },
      // Told with what the schema cannot see: whoever mends a form mends all of it at once.
      validatorCompiler: everyFault,
      attachValidation: true,
      config: desk,
    },
    async ({ actor, params: { family }, body, validationError }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          await setAccount(tx, actor, family, body, validationFaults(validationError))
          return readAccounts(tx, actor, family)
        }),
      ),
  )
  app.post(
    '/distribution/accounts/:family/:account/reveal',
    {
      schema: {
        summary: 'The number in full, for a reason that is written down',
        tags,
        params: Type.Object({ family: Uuid, account: Uuid }),
        body: schema.RevealAct,
        response: { 200: schema.Revealed, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { family, account }, body }) => ({
      number: await app.db.as(actor, (tx) => revealAccount(tx, actor, family, account, body.reason)),
    }),
  )
  app.get(
    '/rounds/:id/payments',
    {
      schema: { summary: 'Payment files of a round', tags, params, response: { 200: schema.Payments, ...failures } },
      config: desk,
    },
    async ({ actor, params: { id } }) => app.db.as(actor, (tx) => readPayments(tx, actor, id)),
  )
  app.post(
    '/rounds/:id/payments',
    {
      schema: {
        summary: 'Make a payment file; it never changes',
        tags,
        params,
        body: schema.NewPaymentFile,
        response: { 201: schema.PaymentFileView, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, body }, reply) =>
      reply.code(201).send(
        await app.db.as(actor, async (tx) => {
          const file = await makePaymentFile(tx, actor, id, body)
          return readPaymentFile(tx, actor, id, file, {})
        }),
      ),
  )
  app.get(
    '/rounds/:id/payments/without-account',
    {
      schema: {
        summary: 'Families paid by bank of whom no account is known; the look is written down',
        tags,
        params,
        querystring: schema.WithoutAccountQuery,
        response: { 200: schema.WithoutAccount, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id }, query }) =>
      app.db.as(actor, (tx) => listWithoutAccount(tx, actor, id, query.after)),
  )
  app.get(
    '/rounds/:id/payments/:file',
    {
      schema: {
        summary: 'One payment file with its rows, masked',
        tags,
        params: atFile,
        querystring: schema.PaymentRowsQuery,
        response: { 200: schema.PaymentFileView, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id, file }, query }) =>
      app.db.as(actor, (tx) => readPaymentFile(tx, actor, id, file, query)),
  )
  app.post(
    '/rounds/:id/payments/:file/release',
    {
      schema: {
        summary: 'Let it go to the bank, by a supervisor who did not make it',
        tags,
        params: atFile,
        body: nothing,
        response: { 200: schema.PaymentFileView, ...failures },
      },
      config: { access: ['supervisor'] },
    },
    async ({ actor, params: { id, file } }) =>
      app.db.as(actor, async (tx) => {
        await releasePaymentFile(tx, actor, id, file)
        return readPaymentFile(tx, actor, id, file, {})
      }),
  )
  app.post(
    '/rounds/:id/payments/:file/discard',
    {
      schema: {
        summary: 'Give up a file that was not released',
        tags,
        params: atFile,
        body: schema.DiscardAct,
        response: { 200: schema.PaymentFileView, ...failures },
      },
      config: desk,
    },
    async ({ actor, params: { id, file }, body }) =>
      app.db.as(actor, async (tx) => {
        await discardPaymentFile(tx, actor, id, file, body.reason)
        return readPaymentFile(tx, actor, id, file, {})
      }),
  )
  app.get(
    '/rounds/:id/payments/:file/content',
    {
      schema: { summary: 'The released file, CSV with checksums; taking it is written down', tags, params: atFile },
      config: desk,
    },
    async ({ actor, params: { id, file } }, reply) => {
      const taken = await takePaymentFile(app.db, actor, id, file)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${taken.name}"`)
        .header('cache-control', 'private, no-store')
        .send(Readable.from(taken.text))
    },
  )
  app.post(
    '/rounds/:id/payments/:file/results',
    {
      schema: {
        summary: 'What the bank answered (multipart field `file`); `dry` only tries it',
        tags,
        params: atFile,
        querystring: schema.ResultQuery,
        consumes: ['multipart/form-data'],
        response: { 200: schema.PaymentResult, ...failures, ...problems(413, 415) },
      },
      config: desk,
    },
    async (request) => {
      const {
        actor,
        params: { id, file },
        query,
      } = request
      const { result_bytes: most } = await app.db.as(actor, async (tx) => {
        await getPaymentFile(tx, actor, id, file)
        return distributionTerms(tx, ['result_bytes'])
      })
      const given = await takeTable(request, most)
      const dry = query.dry ?? false
      const outcome = await app.db.as(actor, (tx) => importResult(tx, actor, id, file, given, dry))
      return presentOutcome(outcome, dry, localeOf(request))
    },
  )
  app.get(
    '/rounds/:id/payments/:file/results/:result/faults',
    {
      schema: {
        summary: 'Rows that could not be taken, with the reason, CSV',
        tags,
        params: Type.Object({ id: Uuid, file: Uuid, result: Uuid }),
      },
      config: desk,
    },
    async (request, reply) => {
      const {
        actor,
        params: { id, file, result },
      } = request
      const faults = await app.db.as(actor, async (tx) => {
        await getPaymentFile(tx, actor, id, file)
        return faultsOf(tx, result)
      })
      if (faults.length === 0) throw notFound('faults')
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="baris-gagal.csv"')
        .header('cache-control', 'private, no-store')
        .send(BOM + faultsCsv(faults, (code) => say(code, localeOf(request))))
    },
  )
}
