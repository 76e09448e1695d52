import type { FastifyInstance } from 'fastify'

/** Everything distribution answers over HTTP; each folder registers its own, in the order of its work. */
export async function distributionRoutes(_app: FastifyInstance): Promise<void> {}
