import type { FastifyInstance } from 'fastify'
import { figureRoutes } from './routes-figures.ts'
import { graduationRoutes } from './routes-graduation.ts'

/** Who comes into the register and leaves it, over HTTP. */
export async function movementRoutes(app: FastifyInstance): Promise<void> {
  await app.register(figureRoutes)
  await app.register(graduationRoutes)
}
