import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { Actor } from '#src/platform/db/index.ts'
import { localeOf } from '#src/platform/http/locale.ts'
import { type FieldError, forbidden } from '#src/platform/http/problem.ts'
import { problems } from '#src/platform/http/problem-schema.ts'
import { distributionTerms } from '../../reconciliation/terms.ts'
import { inSocialOffice } from '../../rounds/policy.ts'
import { type AccountSource, accountSources } from '../schema.ts'
import { takeTable } from '../take-table.ts'
import { accountFaultsCsv, listAccountImports, readAccountImport } from './queries.ts'
import { sampleFile } from './sample.ts'
import * as schema from './schema.ts'
import { dropAccounts, takeAccounts } from './take.ts'
import { tryAccounts } from './try.ts'

const tags = ['distribution: accounts from a file']
const params = Type.Object({ id: Type.String({ format: 'uuid' }) })
const failures = problems(400, 401, 403, 404, 409)
const desk = { access: ['officer', 'supervisor'] } as const
const nothing = Type.Object({}, { additionalProperties: false })

const authorize = (actor: Actor) => {
  if (!inSocialOffice(actor)) throw forbidden('account.import')
}

/** What is wrong with what is said of a whole file, beside it in the form. */
const faultsOfSaid = ({ source = '', since = '' }: Readonly<Record<string, string>>): FieldError[] => [
  ...(isSource(source) ? [] : [{ field: 'source', code: source === '' ? 'required' : 'enum' }]),
  ...(Value.Check(Day, since) && since >= '1950-01-01'
    ? []
    : [{ field: 'since', code: since === '' ? 'required' : 'format' }]),
]
const Day = Type.String({ format: 'date' })
const isSource = (text: string): text is AccountSource => (accountSources as readonly string[]).includes(text)

/** Accounts of families from a CSV or XLSX: tried, looked through, taken over. */
export const accountImportRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/distribution/account-imports',
    {
      schema: {
        summary: 'Files of accounts of the region',
        tags,
        response: { 200: schema.AccountImports, ...failures },
      },
      config: desk,
    },
    async ({ actor }) => {
      authorize(actor)
      return app.db.as(actor, (tx) => listAccountImports(tx, actor))
    },
  )
  app.post(
    '/distribution/account-imports',
    {
      schema: {
        summary: 'Try a CSV or XLSX of accounts (multipart: `source`, `since`, then `file`); no account changes',
        tags,
        consumes: ['multipart/form-data'],
        response: { 201: schema.AccountImportView, ...failures, ...problems(413, 415) },
      },
      config: desk,
    },
    async (request, reply) => {
      const { actor } = request
      authorize(actor)
      const terms = await app.db.as(actor, (tx) => distributionTerms(tx, ['result_bytes', 'account_rows']))
      const { fields, ...file } = await takeTable(request, terms.result_bytes, faultsOfSaid)
      const said = { source: fields['source'] as AccountSource, since: fields['since'] ?? '' }
      const id = await tryAccounts(app.db, actor, file, said, terms.account_rows)
      return reply
        .code(201)
        .send(await app.db.as(actor, (tx) => readAccountImport(tx, actor, id, {}, localeOf(request))))
    },
  )
  app.get(
    '/distribution/account-imports/sample',
    { schema: { summary: 'A file to fill in, CSV', tags }, config: desk },
    async (_, reply) =>
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="contoh-rekening.csv"')
        .send(sampleFile()),
  )
  app.get(
    '/distribution/account-imports/:id',
    {
      schema: {
        summary: 'One file with its rows, masked, and what is wrong with others',
        tags,
        params,
        querystring: schema.AccountImportQuery,
        response: { 200: schema.AccountImportView, ...failures },
      },
      config: desk,
    },
    async (request) => {
      const { actor, params: { id }, query } = request // prettier-ignore
      authorize(actor)
      return app.db.as(actor, (tx) => readAccountImport(tx, actor, id, query, localeOf(request)))
    },
  )
  for (const [verb, act, summary] of [
    ['take', takeAccounts, 'Take over what it says; twice is once'],
    ['drop', dropAccounts, 'Give it up; the numbers in it are forgotten'],
  ] as const)
    app.post(
      `/distribution/account-imports/:id/${verb}`,
      {
        schema: { summary, tags, params, body: nothing, response: { 200: schema.AccountImportView, ...failures } },
        config: desk,
      },
      async (request) => {
        const { actor, params: { id } } = request // prettier-ignore
        authorize(actor)
        return app.db.as(actor, async (tx) => {
          await act(tx, actor, id)
          return readAccountImport(tx, actor, id, {}, localeOf(request))
        })
      },
    )
  app.get(
    '/distribution/account-imports/:id/faults',
    { schema: { summary: 'Every row with something wrong, CSV', tags, params }, config: desk },
    async (request, reply) => {
      const { actor, params: { id } } = request // prettier-ignore
      authorize(actor)
      const text = await app.db.as(actor, (tx) => accountFaultsCsv(tx, id, localeOf(request)))
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="rekening-gagal.csv"')
        .header('cache-control', 'private, no-store')
        .send(text)
    },
  )
}
