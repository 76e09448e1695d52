import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { OidcSettings } from './oidc.ts'

/** Everything about accounts, signing in and assignments. */
export const accessRoutes: FastifyPluginAsyncTypebox<{ oidc: OidcSettings | null }> = async () => {}
