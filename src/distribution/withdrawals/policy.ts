import { type RawBuilder, sql } from 'kysely'
import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { decidesRow, deciding, type Owned } from '#src/programmes/determination/index.ts'
import { inSocialOffice } from '../rounds/policy.ts'
import type { WithdrawalAct, WithdrawalReason, WithdrawalState } from './schema.ts'

/*
 * Who takes an entitlement back. Asked by a social office whose region holds the family; decided by a head who is another person, as a list is
 * approved by people who did not make it. The database holds the same line.
 */

type Asked = {
  regionCode: string
  state: WithdrawalState
  askedBy: string
  confirmedBy: WithdrawalReason['confirmedBy']
  list: Owned & { regionCode: string }
}

/** Throws unless the actor may ask for, or keep, what a family of this village is entitled to. */
export function authorizeAsk(actor: Actor, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('family')
  if (!inSocialOffice(actor)) throw forbidden('withdrawal.ask')
}

/** What is only a fact of the place (dead, moved) is confirmed from the regency upwards; what judges the list, by the office that decides it. */
function decides(actor: Actor, { regionCode, askedBy, confirmedBy, list }: Asked): boolean {
  if (!inSocialOffice(actor) || actor.role !== 'supervisor' || actor.accountId === askedBy) return false
  if (!isWithin(regionCode, actor.regionCode)) return false
  const decider = deciding(list, list.regionCode).includes(actor.regionCode)
  return decider || (confirmedBy === 'region' && actor.regionCode.length <= 5)
}

/** The same for a row of `withdrawalRows` w, so that a page and a count of what waits for somebody cost no more than they show. */
export const waitsFor = (actor: Actor): RawBuilder<boolean> =>
  !inSocialOffice(actor) || actor.role !== 'supervisor'
    ? sql`false`
    : sql`w.state = 'asked' and w.asked_by <> ${actor.accountId} and (w.confirmed_by = 'region' and ${actor.regionCode.length <= 5}
      or ${decidesRow(actor, sql`w.owner`, sql`w.programme_region`, sql`w.list_region`)})`

export function actsOnWithdrawal(actor: Actor, asked: Asked): WithdrawalAct[] {
  if (asked.state !== 'asked') return []
  return [
    ...(decides(actor, asked) ? (['confirm', 'refuse'] as const) : []),
    ...(inSocialOffice(actor) && actor.accountId === asked.askedBy ? (['retract'] as const) : []),
  ]
}
