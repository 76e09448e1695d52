import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'

/** Officers and supervisors of the social office of the place or above it: who sees the lists and deliveries behind the figures. */
export const mayReadTargeting = (actor: Actor, regionCode: string): boolean =>
  (actor.role === 'officer' || actor.role === 'supervisor') &&
  actor.officeId?.endsWith('/social') === true &&
  isWithin(regionCode, actor.regionCode)

/** A region outside one's own is as unknown as one that does not exist. */
export function authorizeTargeting(actor: Actor, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (!mayReadTargeting(actor, regionCode)) throw forbidden('targeting.read')
}
