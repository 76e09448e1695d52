import type { FastifyInstance } from 'fastify'
import { checkRoutes } from './check/index.ts'
import { askingRoutes } from './asking/index.ts'
import { handoverRoutes } from './handover/index.ts'
import { handoverPaperRoutes } from './papers/index.ts'
import { paymentRoutes } from './payments/index.ts'
import { reconciliationRoutes } from './reconciliation/index.ts'
import { roundRoutes } from './rounds/index.ts'
import { signRoutes } from './signs/index.ts'
import { stockRoutes } from './stock/index.ts'
import { withdrawalRoutes } from './withdrawals/index.ts'
import { type TrustedKey, voucherRoutes } from './vouchers/index.ts'

/** Everything distribution answers over HTTP; each folder registers its own, in the order of its work. */
export async function distributionRoutes(
  app: FastifyInstance,
  { trusted }: { trusted: readonly TrustedKey[] },
): Promise<void> {
  await app.register(voucherRoutes, { trusted })
  await app.register(roundRoutes)
  await app.register(handoverRoutes, { trusted })
  await app.register(withdrawalRoutes)
  await app.register(stockRoutes)
  await app.register(reconciliationRoutes)
  await app.register(handoverPaperRoutes)
  await app.register(paymentRoutes)
  await app.register(askingRoutes)
  await app.register(signRoutes)
  await app.register(checkRoutes)
}
