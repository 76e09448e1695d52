import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { OidcSettings } from './oidc.ts'
import { accountRoutes } from './routes-accounts.ts'
import { factorRoutes } from './routes-factors.ts'
import { meRoutes } from './routes-me.ts'
import { signInRoutes } from './routes-sign-in.ts'
import { singleSignOnRoutes } from './routes-single-sign-on.ts'

/** Everything about accounts, signing in and assignments. */
export const accessRoutes: FastifyPluginAsyncTypebox<{ oidc: OidcSettings | null }> = async (app, { oidc }) => {
  await app.register(signInRoutes, { oidc })
  await app.register(singleSignOnRoutes, { oidc })
  await app.register(meRoutes)
  await app.register(factorRoutes)
  await app.register(accountRoutes)
}
