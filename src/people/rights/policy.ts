import { type Actor, isWithin } from '#src/platform/db/index.ts'
import { inSocialOffice } from '../register/index.ts'

export type RequestFacts = { state: string; door: string; regionCode: string; filedBy: string | null }

/** Who says that somebody is who they say: the social office of the place. Nobody vouches for their own request filed on the web. */
export function mayVerify(actor: Actor, facts: RequestFacts): boolean {
  return (
    inSocialOffice(actor) &&
    isWithin(facts.regionCode, actor.regionCode) &&
    facts.state === 'received' &&
    (facts.door === 'desk' || facts.filedBy !== actor.accountId)
  )
}

/** Refusing answers to the regency and above, except where the identity cannot be verified: that the village sees itself. */
export const mayRefuse = mayVerify

/** Retention runs are read by administrators, auditors and supervisors; held by an administrator of the nation. */
export const mayHold = (actor: Actor): boolean => actor.role === 'administrator' && actor.regionCode === '00'
