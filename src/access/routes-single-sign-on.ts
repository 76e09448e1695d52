import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { Problem, notFound } from '#src/platform/http/problem.ts'
import { type OidcSettings, singleSignOn } from './oidc.ts'
import { carry, visitorOf } from './routes-sign-in.ts'
import { giveStepCookie, stepToken, takeStepCookie } from './steps.ts'

const tags = ['sign-in']

/** The browser itself comes by here, so every answer is a redirect to a page, also when it fails. */
export const singleSignOnRoutes: FastifyPluginAsyncTypebox<{ oidc: OidcSettings | null }> = async (app, { oidc }) => {
  const provider = oidc && singleSignOn(oidc, app)
  const failure = (error: unknown) => {
    if (!(error instanceof Problem)) throw error
    return `/masuk?gagal=${error.code}`
  }

  app.get(
    '/sign-in/single-sign-on',
    {
      schema: { summary: 'Go to the provider of single sign-on', tags, response: { 303: Type.Null() } },
      config: { access: 'public' },
    },
    async (request, reply) => {
      if (!provider) throw notFound('single sign-on')
      // A foreign page must not sign anybody in behind their back: only our own button leads here.
      if (request.headers['sec-fetch-site'] === 'cross-site') return reply.redirect('/masuk', 303)
      try {
        const { url, step } = await provider.begin()
        giveStepCookie(reply, step)
        return await reply.redirect(url.href, 303)
      } catch (error) {
        return reply.redirect(failure(error), 303)
      }
    },
  )

  app.get(
    '/sign-in/single-sign-on/callback',
    {
      schema: { summary: 'Back from the provider of single sign-on', tags, response: { 303: Type.Null() } },
      config: { access: 'public' },
    },
    async (request, reply) => {
      if (!provider) throw notFound('single sign-on')
      try {
        const query = request.url.split('?')[1] ?? ''
        await carry(request, reply, await provider.finish(stepToken(request), query, visitorOf(request)))
        // The sign-in page knows what is still asked, and where people go from there.
        return await reply.redirect('/masuk', 303)
      } catch (error) {
        takeStepCookie(reply)
        return reply.redirect(failure(error), 303)
      }
    },
  )
}
