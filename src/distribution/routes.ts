import type { FastifyInstance } from 'fastify'
import { type TrustedKey, voucherRoutes } from './vouchers/index.ts'

/** Everything distribution answers over HTTP; each folder registers its own, in the order of its work. */
export async function distributionRoutes(
  app: FastifyInstance,
  options: { trusted: readonly TrustedKey[] },
): Promise<void> {
  await app.register(voucherRoutes, options)
}
