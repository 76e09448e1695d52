import type { FastifyInstance } from 'fastify'
import { serviceActRoutes } from './routes-acts.ts'
import { serviceFieldRoutes } from './routes-field.ts'
import { serviceListRoutes } from './routes-list.ts'
import { servicePlanRoutes } from './routes-plans.ts'

/** Services over HTTP. */
export async function serviceRoutes(app: FastifyInstance): Promise<void> {
  await app.register(serviceListRoutes)
  await app.register(serviceActRoutes)
  await app.register(serviceFieldRoutes)
  await app.register(servicePlanRoutes)
}
