import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'

/*
 * Who may do what with coming and going. The database holds the same line: it gives counts, campaigns and families of a
 * region to the social offices of it and above, and to pillars what was given to them.
 */

const social = (actor: Actor): boolean =>
  (actor.role === 'officer' || actor.role === 'supervisor') && actor.officeId?.split('/')[1] === 'social'

/** Full counts, small ones too: those responsible for the region, and auditors. Everybody else has the published ones. */
export function authorizeCounts(actor: Actor, regionCode: string): void {
  // A region outside one's own is as unknown as one that does not exist.
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (actor.role !== 'auditor' && !social(actor)) throw forbidden('register.count')
}

/** The list of who came and went: the work of the village itself, and of those who supervise it. Auditors see counts only. */
export const mayListMoved = (actor: Actor, regionCode: string): boolean =>
  social(actor) &&
  isWithin(regionCode, actor.regionCode) &&
  (actor.role === 'supervisor' || actor.regionCode === regionCode)

/** Graduation and re-entry are decided by the social office of the place or above. */
export function authorizeMove(actor: Actor, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('family')
  if (!social(actor)) throw forbidden('register.graduate')
}

/** A campaign is made and led by an office of the region it covers, or above it. */
export function authorizeCampaign(actor: Actor, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (!social(actor)) throw forbidden('campaign.lead')
}
