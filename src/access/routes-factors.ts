import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import {
  beginAuthenticator,
  confirmAuthenticator,
  findFactors,
  removeAuthenticator,
  removePasskey,
  renamePasskey,
  renewRecoveryCodes,
} from './own-account.ts'
import { addPasskey, beginPasskey, findPasskeys } from './passkeys.ts'
import { present } from './routes-me.ts'
import * as body from './schema.ts'
import { asSelf } from './self.ts'
import { giveSessionCookie, requireRecentProof, rotateSession } from './sessions.ts'
import { giveStepCookie, stepToken, takeStepCookie } from './steps.ts'

const tags = ['account']
const account = { access: 'account' as const }
const done = { 204: Type.Null(), ...problems(400, 401, 403, 404, 409, 429) }

/** What I sign in with besides the password. */
export const factorRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/me/factors',
    {
      schema: { summary: 'What I can sign in with', tags, response: { 200: body.FactorsBody, ...problems(401) } },
      config: account,
    },
    async ({ session: maybe }) => {
      const { accountId } = present(maybe)
      const factors = await findFactors(app, accountId)
      return {
        hasPassword: factors.hasPassword,
        passwordChangedAt: factors.passwordChangedAt?.toISOString() ?? null,
        passwordMinLength: factors.minLength,
        totpConfirmedAt: factors.totpConfirmedAt?.toISOString() ?? null,
        recoveryCodesLeft: factors.recoveryCodesLeft,
        passkeys: (await findPasskeys(app.db, accountId)).map((one) => ({
          ...one,
          createdAt: one.createdAt.toISOString(),
          lastUsedAt: one.lastUsedAt?.toISOString() ?? null,
        })),
      }
    },
  )

  app.post(
    '/me/authenticator',
    {
      schema: {
        summary: 'Begin to use an authenticator app',
        tags,
        response: { 200: body.Authenticator, ...problems(401, 403, 409) },
      },
      config: account,
    },
    async ({ session }) => beginAuthenticator(app, present(session)),
  )

  app.post(
    '/me/authenticator/confirm',
    {
      schema: {
        summary: 'Give the first code of the app; answers with recovery codes, this once',
        tags,
        body: body.SecondFactor,
        response: { 200: body.RecoveryCodes, ...problems(400, 401, 403, 429) },
      },
      config: account,
    },
    async ({ session, body: { code } }, reply) => {
      const { recoveryCodes, ...token } = await confirmAuthenticator(app, present(session), code)
      giveSessionCookie(reply, token)
      return { recoveryCodes }
    },
  )

  app.delete(
    '/me/authenticator',
    { schema: { summary: 'Stop using the authenticator app', tags, response: done }, config: account },
    async ({ session }, reply) => {
      await removeAuthenticator(app, present(session))
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/me/recovery-codes',
    {
      schema: {
        summary: 'Ten new recovery codes; the old ones are void',
        tags,
        response: { 200: body.RecoveryCodes, ...problems(401, 403, 409) },
      },
      config: account,
    },
    async ({ session }) => ({ recoveryCodes: await renewRecoveryCodes(app, present(session)) }),
  )

  app.post(
    '/me/passkeys/options',
    {
      schema: {
        summary: 'Begin to add a passkey',
        tags,
        response: { 200: body.CredentialOptions, ...problems(401, 403) },
      },
      config: account,
    },
    async ({ session: maybe }, reply) => {
      const session = present(maybe)
      requireRecentProof(session, app.db.clock())
      const { options, step } = await beginPasskey(app, {
        id: session.accountId,
        username: session.username,
        name: session.name,
      })
      giveStepCookie(reply, step)
      return options
    },
  )

  app.post(
    '/me/passkeys',
    {
      schema: {
        summary: 'Add a passkey',
        tags,
        body: body.NewPasskey,
        response: { 201: Type.Object({ id: Type.String() }), ...problems(400, 401, 403, 409) },
      },
      config: account,
    },
    async (request, reply) => {
      const session = present(request.session)
      requireRecentProof(session, app.db.clock())
      const { name, response: given } = request.body
      const { clientExtensionResults, authenticatorAttachment, response, ...rest } = given
      const { transports, ...attested } = response
      const id = await addPasskey(app, session.accountId, stepToken(request), {
        name: name.trim(),
        response: {
          ...rest,
          clientExtensionResults: clientExtensionResults ?? {},
          ...(authenticatorAttachment && { authenticatorAttachment }),
          response: { ...attested, ...(transports && { transports }) },
        },
      })
      // Whoever just showed a passkey has both factors in this session too.
      const token = await asSelf(app.db, { accountId: session.accountId, session }, 'passkey', (tx) =>
        rotateSession(tx, session, { methods: [...new Set([...session.methods, 'passkey' as const])] }),
      )
      takeStepCookie(reply)
      giveSessionCookie(reply, token)
      return reply.code(201).send({ id })
    },
  )

  app.patch(
    '/me/passkeys/:id',
    {
      schema: { summary: 'Rename a passkey', tags, params: body.PasskeyId, body: body.PasskeyName, response: done },
      config: account,
    },
    async ({ session, params, body: { name } }, reply) => {
      await renamePasskey(app, present(session), params.id, name.trim())
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/me/passkeys/:id',
    { schema: { summary: 'Remove a passkey', tags, params: body.PasskeyId, response: done }, config: account },
    async ({ session, params }, reply) => {
      await removePasskey(app, present(session), params.id)
      return reply.code(204).send(null)
    },
  )
}
