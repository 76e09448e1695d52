import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

export const regionRoutes: FastifyPluginAsyncTypebox = async () => {}
