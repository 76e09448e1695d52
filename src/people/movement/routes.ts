import type { FastifyInstance } from 'fastify'
import { campaignRoutes } from './routes-campaigns.ts'
import { figureRoutes } from './routes-figures.ts'
import { graduationRoutes } from './routes-graduation.ts'

/** Who comes into the register and leaves it, over HTTP. */
export async function movementRoutes(app: FastifyInstance): Promise<void> {
  await app.register(figureRoutes)
  await app.register(graduationRoutes)
  await app.register(campaignRoutes)
}
