import type { Actor } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '#src/people/register/index.ts'

/*
 * A programme is edited by the social office of the region that owns it, the nation's by the ministry. Who wrote a version does not publish
 * it. The database holds both lines (owns_programme, a check of programme_version).
 */

/** What the rules need to know of a version. */
export type VersionFacts = {
  programmeRegion: string
  state: 'draft' | 'published' | 'withdrawn'
  madeBy: string | null
}
export type VersionAct = 'edit' | 'drop' | 'publish' | 'end'

export const owns = (actor: Actor, programmeRegion: string): boolean =>
  inSocialOffice(actor) && actor.regionCode === programmeRegion

/** A programme of one's own region: a regency, a province or the nation; its head decides that there is one. */
export const mayCreate = (actor: Actor): boolean => inSocialOffice(actor) && actor.role === 'supervisor'

export function can(actor: Actor, act: VersionAct, facts: VersionFacts): boolean {
  if (!owns(actor, facts.programmeRegion)) return false
  switch (act) {
    case 'edit':
    case 'drop':
      return facts.state === 'draft'
    case 'publish':
      return facts.state === 'draft' && actor.role === 'supervisor' && facts.madeBy !== actor.accountId
    case 'end':
      return facts.state === 'published' && actor.role === 'supervisor'
  }
}

const acts: readonly VersionAct[] = ['edit', 'drop', 'publish', 'end']
export const abilities = (actor: Actor, facts: VersionFacts): VersionAct[] =>
  acts.filter((act) => can(actor, act, facts))

export function authorizeOwner(actor: Actor, programmeRegion: string): void {
  if (!owns(actor, programmeRegion)) throw forbidden('programme.edit')
}

export function authorize(actor: Actor, act: VersionAct, facts: VersionFacts): void {
  if (!can(actor, act, facts)) throw forbidden(`programme.${act}`)
}
