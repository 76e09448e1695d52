import type { FastifyInstance } from 'fastify'

/** Everything the register answers over HTTP; each folder registers its own, in the order of its work. */
export async function peopleRoutes(_app: FastifyInstance): Promise<void> {}
