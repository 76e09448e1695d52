import type { FastifyInstance } from 'fastify'
import { contactRoutes } from './contacts/index.ts'
import { agreementRoutes } from './exchange/index.ts'
import { findingRoutes } from './finding/index.ts'
import { importRoutes } from './imports/index.ts'
import { familyPairRoutes, linkageRoutes } from './linkage/index.ts'
import { movementRoutes } from './movement/index.ts'
import { proposalRoutes } from './proposals/index.ts'
import { registerRoutes } from './register/index.ts'
import { rightsRoutes } from './rights/index.ts'

/** Everything the register answers over HTTP; each folder registers its own, in the order of its work. */
export async function peopleRoutes(app: FastifyInstance): Promise<void> {
  await app.register(agreementRoutes)
  await app.register(registerRoutes)
  await app.register(contactRoutes)
  await app.register(findingRoutes)
  await app.register(movementRoutes)
  await app.register(importRoutes)
  await app.register(proposalRoutes)
  await app.register(linkageRoutes)
  await app.register(familyPairRoutes)
  await app.register(rightsRoutes)
}
