import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import type { Listing } from './schema.ts'

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

/**
 * Families and persons behind a figure, names masked: the work of the village itself, and of those who supervise it; at most of one regency,
 * for above it the regions beneath tell enough. Auditors see counts only.
 */
export const listingOf = (actor: Actor, regionCode: string): Listing =>
  !social(actor) ||
  !isWithin(regionCode, actor.regionCode) ||
  (actor.role !== 'supervisor' && actor.regionCode !== regionCode)
    ? 'not_yours'
    : regionCode.length < 5
      ? 'too_wide'
      : 'yes'

export function authorizeListing(actor: Actor, regionCode: string): void {
  authorizeCounts(actor, regionCode)
  if (listingOf(actor, regionCode) !== 'yes') throw forbidden('register.list')
}

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
