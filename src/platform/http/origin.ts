import type { FastifyRequest } from 'fastify'
import { Problem } from './problem.ts'

/**
 * A browser sends Origin with every unsafe request: it must be this very host. Programs send none and carry no
 * cookie a foreign page could borrow (SameSite=Lax keeps ours away from cross-site posts already).
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  const origin = request.headers.origin
  if (origin === undefined) {
    const site = request.headers['sec-fetch-site']
    if (site === 'cross-site') throw new Problem(403, 'wrong_origin')
    return
  }
  if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw new Problem(403, 'wrong_origin')
}
