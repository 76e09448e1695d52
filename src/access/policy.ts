import { type Actor, type Role, isWithin } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'

// Which accounts an administrator sees is the database's business. What may be done to one is decided here, and once
// more by the restrictive policies of 0006_access_rules.sql.

/** Roles nobody names in their own region: one's own peers, and those who look at one's work. The nation has none above. */
const fromAboveOnly: readonly Role[] = ['administrator', 'auditor']

/** True when this administrator may give the role in the region, and so may end it. */
export function mayGive(actor: Actor, role: Role, regionCode: string): boolean {
  if (actor.role !== 'administrator' || !isWithin(regionCode, actor.regionCode)) return false
  return !fromAboveOnly.includes(role) || regionCode !== actor.regionCode || actor.regionCode === '00'
}

export type AccountAction = 'edit' | 'assign' | 'activate' | 'resetPassword' | 'resetSecondFactor' | 'endSessions'

/** An account as far as rules look at it. `beyond`: it acts somewhere this administrator could not have put it. */
export type Managed = { id: string; homeRegionCode: string; beyond: boolean }

/**
 * Nobody changes their own account here, or gives themselves anything. Whoever could reset the password of somebody who
 * acts higher up could act as them; so what acts beyond one's giving is out of reach, except for a further assignment.
 */
export function can(actor: Actor, action: AccountAction, account: Managed): boolean {
  if (actor.role !== 'administrator' || account.id === actor.accountId) return false
  if (!isWithin(account.homeRegionCode, actor.regionCode)) return false
  return action === 'assign' || !account.beyond
}

const actions: readonly AccountAction[] = [
  'edit',
  'assign',
  'activate',
  'resetPassword',
  'resetSecondFactor',
  'endSessions',
]

export const abilities = (actor: Actor, account: Managed) =>
  Object.fromEntries(actions.map((action) => [action, can(actor, action, account)])) as Record<AccountAction, boolean>

export function authorize(actor: Actor, action: AccountAction, account: Managed): void {
  if (!can(actor, action, account)) throw forbidden(`account.${action}`)
}

/** Roles this administrator may give in the region, for the form. */
export const givable = (actor: Actor, regionCode: string, all: readonly Role[]): Role[] =>
  all.filter((role) => mayGive(actor, role, regionCode))
