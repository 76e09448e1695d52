import type { Actor } from '#src/platform/db/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import { inSocialOffice } from '../register/index.ts'

/** Who may search the register: the social office of a place, in that place. The database holds the same rule. */
const maySearch = (actor: Actor): boolean => inSocialOffice(actor)

export function authorizeSearch(actor: Actor): void {
  if (!maySearch(actor)) throw forbidden('register.search')
}
