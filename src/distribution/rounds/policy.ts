import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import type { RoundAct, RoundState } from './schema.ts'

/*
 * Who may do what with a round. The database holds the same line: rows of a round belong to the social offices of their village and
 * above; pillars have none and work through the list of their stop.
 */

export const inSocialOffice = (actor: Actor): boolean =>
  (actor.role === 'officer' || actor.role === 'supervisor') && actor.officeId?.split('/')[1] === 'social'

/** A round is made and led by a social office of its region or above. */
export function authorizeLead(actor: Actor, regionCode: string): void {
  if (!inSocialOffice(actor) || !isWithin(regionCode, actor.regionCode)) throw forbidden('round.lead')
}

/** Stops, stock and families of a village: its own social office and those above. */
export function authorizeVillage(actor: Actor, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (!inSocialOffice(actor)) throw forbidden('round.schedule')
}

/** Two redemptions of one entitlement are judged by a supervisor. */
export function authorizeJudge(actor: Actor): void {
  if (!inSocialOffice(actor) || actor.role !== 'supervisor') throw forbidden('round.resolve')
}

type Facts = {
  state: RoundState
  region: string
  busy: boolean
  goods: boolean
  withoutStop: number
  total: number
  delivered: number
}

/** What may be done to a round now, in the order of the work. */
export function actsOn(actor: Actor, round: Facts): RoundAct[] {
  if (!inSocialOffice(actor)) return []
  const leads = isWithin(round.region, actor.regionCode)
  const { state } = round
  const running = state === 'planned' || state === 'invited' || state === 'open'
  const acts: [RoundAct, boolean][] = [
    ['schedule', running && !round.busy],
    ['invite', leads && running && !round.busy && round.total > 0],
    ['open', leads && (state === 'planned' || state === 'invited') && !round.busy && round.total > 0],
    ['close', leads && state === 'open'],
    ['cancel', leads && running && !round.busy && round.delivered === 0],
    ['stock', round.goods && state !== 'cancelled' && state !== 'reconciled'],
    ['print', state === 'invited' || state === 'open'],
    ['resolve', actor.role === 'supervisor'],
  ]
  return acts.filter(([, may]) => may).map(([act]) => act)
}
