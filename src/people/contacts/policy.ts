import type { Actor, Tx } from '#src/platform/db/index.ts'
import { requireOpening } from '../register/index.ts'

/** Contacts are seen, recorded and ended by whoever opened the family for a piece of work; the database holds to the same rule. */
export const mayWorkOn = (tx: Tx, actor: Actor, familyId: string): Promise<void> => requireOpening(tx, actor, familyId)
