import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'

/**
 * Who sees the full figures of a region: supervisors, officers and auditors of it or of a region above. Not officers of
 * other agencies: they see the cases referred to them, and small unhidden counts of a whole region would tell them of
 * the others. Everybody has the public figures.
 */
export const mayReadStatistics = (actor: Actor, regionCode: string): boolean =>
  (actor.role === 'auditor' || (isSocial(actor) && (actor.role === 'officer' || actor.role === 'supervisor'))) &&
  isWithin(regionCode, actor.regionCode)

const isSocial = (actor: Actor) => actor.officeId?.endsWith('/social') === true

/** A region outside one's own is as unknown as one that does not exist. */
export function authorizeStatistics(actor: Actor, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (!mayReadStatistics(actor, regionCode)) throw forbidden('statistics.read')
}
