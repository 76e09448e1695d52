import { type Actor, isWithin } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../register/index.ts'

/** The places of the two persons of a pair. */
export type PairPlaces = { leftRegion: string; rightRegion: string }

/** Nobody decides on somebody outside their region: the tier that holds both does. The same rule holds in the database. */
export const mayDecide = (actor: Actor, { leftRegion, rightRegion }: PairPlaces): boolean =>
  inSocialOffice(actor) && isWithin(leftRegion, actor.regionCode) && isWithin(rightRegion, actor.regionCode)

/** A search goes through everybody, so who answers for a regency or more asks for it. */
export const mayScan = (actor: Actor): boolean =>
  inSocialOffice(actor) && actor.role === 'supervisor' && actor.regionCode.length <= 5

export function authorizePairs(actor: Actor): void {
  if (!inSocialOffice(actor)) throw forbidden('linkage.pairs')
}

export function authorizeScan(actor: Actor): void {
  if (!mayScan(actor)) throw forbidden('linkage.scan')
}
