import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { problems } from '#src/platform/http/problem-schema.ts'
import { DEVICE_COOKIE, knownDevice, rememberDevice } from './known-device.ts'
import type { OidcSettings } from './oidc.ts'
import { beginPasskeySignIn, signInWithPasskey } from './passkeys.ts'
import { getAccessRule } from './rules.ts'
import * as body from './schema.ts'
import { asSelf } from './self.ts'
import { endSessions, giveSessionCookie, takeSessionCookie } from './sessions.ts'
import {
  type Outcome,
  type Visitor,
  findPending,
  giveSecondFactor,
  replaceTemporaryPassword,
  signInWithPassword,
} from './sign-in.ts'
import { signOut } from './own-account.ts'
import { giveStepCookie, stepToken, takeStepCookie } from './steps.ts'

const tags = ['sign-in']
const publicly = { access: 'public' as const }

export const visitorOf = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  userAgent: request.headers['user-agent'],
  device: request.cookies[DEVICE_COOKIE],
})

/** Turns an outcome into cookies. Whoever was signed in with this browser before is signed out by it. */
export async function carry(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: Outcome,
): Promise<body.SignInOutcome> {
  if (outcome.status !== 'signed_in') {
    giveStepCookie(reply, outcome.step)
    return { status: outcome.status }
  }
  const before = request.session
  if (before)
    await asSelf(request.server.db, { accountId: before.accountId }, 'signed in anew', (tx, at) =>
      endSessions(tx, { session: before.id }, at),
    )
  takeStepCookie(reply)
  giveSessionCookie(reply, outcome.session)
  const cookie = request.cookies[DEVICE_COOKIE]
  rememberDevice(reply, outcome.accountId, knownDevice(request.server.secret, outcome.accountId, cookie))
  return { status: 'signed_in' }
}

export const signInRoutes: FastifyPluginAsyncTypebox<{ oidc: OidcSettings | null }> = async (app, { oidc }) => {
  const outcome = { 200: body.SignInOutcome, ...problems(400, 401, 403, 429) }
  app.get(
    '/sign-in',
    {
      schema: {
        summary: 'Ways to sign in, and what a half-finished one waits for',
        tags,
        response: { 200: body.SignInWays },
      },
      config: publicly,
    },
    async (request) => ({
      pending: (await findPending(app.db, stepToken(request))) ?? null,
      signedIn: request.session !== null,
      singleSignOn: oidc && { name: oidc.name },
      passwordMinLength: await app.db.asPublic(
        async (tx) => (await getAccessRule(tx, app.db.clock())).password_min_length,
      ),
    }),
  )

  app.post(
    '/sign-in',
    {
      schema: { summary: 'Sign in by user name or e-mail and password', tags, body: body.SignIn, response: outcome },
      config: publicly,
    },
    async (request, reply) => carry(request, reply, await signInWithPassword(app, request.body, visitorOf(request))),
  )

  app.post(
    '/sign-in/second-factor',
    {
      schema: {
        summary: 'Give the code of the app, or a recovery code',
        tags,
        body: body.SecondFactor,
        response: outcome,
      },
      config: publicly,
    },
    async (request, reply) =>
      carry(request, reply, await giveSecondFactor(app, stepToken(request), request.body.code, visitorOf(request))),
  )

  app.post(
    '/sign-in/password',
    {
      schema: {
        summary: 'Replace the temporary password by one of your own',
        tags,
        body: body.OwnPassword,
        response: outcome,
      },
      config: publicly,
    },
    async (request, reply) =>
      carry(
        request,
        reply,
        await replaceTemporaryPassword(app, stepToken(request), request.body.password, visitorOf(request)),
      ),
  )

  app.post(
    '/sign-in/passkey/options',
    {
      schema: {
        summary: 'Begin to sign in by passkey',
        tags,
        response: { 200: body.CredentialOptions, ...problems(403) },
      },
      config: publicly,
    },
    async (_request, reply) => {
      const { options, step } = await beginPasskeySignIn(app)
      giveStepCookie(reply, step)
      return options
    },
  )

  app.post(
    '/sign-in/passkey',
    { schema: { summary: 'Sign in by passkey', tags, body: body.PasskeyAnswer, response: outcome }, config: publicly },
    async (request, reply) => {
      const { response, clientExtensionResults, authenticatorAttachment, ...rest } = request.body
      const { userHandle, ...signed } = response
      const answer = {
        ...rest,
        clientExtensionResults: clientExtensionResults ?? {},
        ...(authenticatorAttachment && { authenticatorAttachment }),
        response: { ...signed, ...(userHandle && { userHandle }) },
      }
      return carry(request, reply, await signInWithPasskey(app, stepToken(request), answer, visitorOf(request)))
    },
  )

  for (const everywhere of [false, true])
    app.post(
      everywhere ? '/sign-out/everywhere' : '/sign-out',
      {
        schema: {
          summary: everywhere ? 'Sign out on every device' : 'Sign out here',
          tags,
          response: { 204: Type.Null(), ...problems(403) },
        },
        config: publicly,
      },
      async (request, reply) => {
        // Without a session there is nothing to end, and the cookie goes all the same.
        if (request.session) await signOut(app, request.session, everywhere)
        takeSessionCookie(reply)
        takeStepCookie(reply)
        return reply.code(204).send(null)
      },
    )
}
