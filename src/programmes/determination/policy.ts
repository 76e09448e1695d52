import { type RawBuilder, sql } from 'kysely'
import { isWithin, type Actor } from '#src/platform/db/index.ts'
import { forbidden, notFound } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '#src/people/register/index.ts'
import type { ProgrammeVersion } from '../catalogue/schema.ts'
import type { Act, AdditionAct, AdditionState, DeterminationState } from './schema.ts'

/*
 * Who makes lists and who decides them. A programme belongs to a tier; the social office of that tier decides who receives it. Lists are
 * made by that office or by a social office between it and the place. The database lets nobody approve what they made, changed
 * or submitted either.
 */

export type Owned = { owner: ProgrammeVersion['owner']; programmeRegion: string }
/** What the rules need to know of a list. Nothing personal. */
export type ListFacts = Owned & {
  regionCode: string
  state: DeterminationState
  madeBy: string
  /** who held, kept or put back a family of it, or submitted it */
  changedBy: readonly string[]
  /** who approved or rejected it so far */
  decidedBy: readonly string[]
}

const tierLength = { ministry: 2, province: 2, regency: 5, village: 13 } as const

/**
 * Codes of the regions whose social office decides a list; empty where the region is wider than who owns the programme. A village's
 * programme is decided by the village or by the regency around it.
 */
export function deciding({ owner, programmeRegion }: Owned, regionCode: string): string[] {
  if (!isWithin(regionCode, programmeRegion)) return []
  if (owner === 'ministry') return ['00']
  if (programmeRegion !== '00') return [programmeRegion]
  const length = tierLength[owner]
  if (regionCode === '00' || regionCode.length < length) return []
  const own = regionCode.slice(0, length)
  return owner === 'village' ? [own, own.slice(0, 5)] : [own]
}

/** Whether the actor's region is one of `deciding`, for rows of a statement. The list is one of the programme's region. */
export const decidesRow = (
  actor: Actor,
  owner: RawBuilder<unknown>,
  programmeRegion: RawBuilder<unknown>,
  regionCode: RawBuilder<unknown>,
): RawBuilder<boolean> => {
  const own = actor.regionCode
  return sql`case when ${owner} = 'ministry' then ${own === '00'} when ${programmeRegion} <> '00' then ${programmeRegion} = ${own}
    when ${regionCode} = '00' then false when ${owner} = 'village' then length(${regionCode}) = 13 and ${own} in (${regionCode}, left(${regionCode}, 5))
    when ${owner} = 'regency' then length(${regionCode}) >= 5 and left(${regionCode}, 5) = ${own} else left(${regionCode}, 2) = ${own} end`
}

/** A list is made by a social office of a regency or above whose region holds the place, or by whoever decides it. */
export const mayMake = (actor: Actor, owned: Owned, regionCode: string): boolean =>
  inSocialOffice(actor) &&
  isWithin(regionCode, actor.regionCode) &&
  (actor.regionCode.length <= 5 || deciding(owned, regionCode).includes(actor.regionCode))

/** The annex names everybody on the list: for offices whose region holds all of it. Beneath, one's own rows are seen on the page. */
export const mayReadAnnex = (actor: Actor, regionCode: string): boolean =>
  inSocialOffice(actor) && isWithin(regionCode, actor.regionCode)

/** Whether this person makes lists at all, for the button. */
export const mayMakeAny = (actor: Actor): boolean => inSocialOffice(actor)

export function authorizeMake(actor: Actor, owned: Owned, regionCode: string): void {
  if (!isWithin(regionCode, actor.regionCode)) throw notFound('region')
  if (!mayMake(actor, owned, regionCode)) throw forbidden('determination.make')
}

const atDecidingOffice = (actor: Actor, facts: ListFacts) =>
  inSocialOffice(actor) && deciding(facts, facts.regionCode).includes(actor.regionCode)
/** Head of the office that owns the programme, who neither made, changed nor submitted the list, nor decided it already. */
const decides = (actor: Actor, facts: ListFacts) =>
  atDecidingOffice(actor, facts) &&
  actor.role === 'supervisor' &&
  actor.accountId !== facts.madeBy &&
  !facts.changedBy.includes(actor.accountId) &&
  !facts.decidedBy.includes(actor.accountId)
const worksOn = (actor: Actor, facts: ListFacts) => mayMake(actor, facts, facts.regionCode)

const rules: Record<Act, { from: readonly DeterminationState[]; who: (actor: Actor, facts: ListFacts) => boolean }> = {
  hold: { from: ['made'], who: worksOn },
  check: { from: ['made'], who: worksOn },
  submit: { from: ['made'], who: worksOn },
  approve: { from: ['submitted'], who: decides },
  reject: { from: ['submitted'], who: decides },
  cancel: {
    from: ['queued', 'running', 'made', 'failed'],
    who: (actor, facts) =>
      actor.accountId === facts.madeBy || (atDecidingOffice(actor, facts) && actor.role === 'supervisor'),
  },
}

export const isFrom = (act: Act, state: DeterminationState): boolean => rules[act].from.includes(state)
export const can = (actor: Actor, act: Act, facts: ListFacts): boolean =>
  isFrom(act, facts.state) && rules[act].who(actor, facts)
export const abilities = (actor: Actor, facts: ListFacts): Act[] =>
  (Object.keys(rules) as Act[]).filter((act) => can(actor, act, facts))

export function authorize(actor: Actor, act: Act, facts: ListFacts): void {
  if (!rules[act].who(actor, facts)) throw forbidden(`determination.${act}`)
}

// Places of an approved list that became free -----------------------------------------------------------------------------------

/** Whoever works on a list proposes who takes a place of it. */
export const addsTo = (actor: Actor, facts: ListFacts): boolean => worksOn(actor, facts)

type Proposed = { state: AdditionState; proposedBy: string; list: Owned & { regionCode: string } }
/** A head of the office that decides the list, who did not propose it; who proposed may take it back. */
export function actsOnAddition(actor: Actor, { state, proposedBy, list }: Proposed): AdditionAct[] {
  if (state !== 'proposed' || !inSocialOffice(actor)) return []
  if (actor.accountId === proposedBy) return ['retract']
  return actor.role === 'supervisor' && deciding(list, list.regionCode).includes(actor.regionCode)
    ? ['approve', 'refuse']
    : []
}
