import type { Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { familiesWithContact, normaliseContact, recordContactAsSystem } from '#src/people/contacts/index.ts'
import type { NewRedemption, Redeemed } from './schema.ts'

/**
 * Keeps the number a family gave at the door, with its redemption as the occasion. Only where it has none: nobody puts their own in the place
 * of one the family gave before. A number that is none is left out, for what was handed over has been. In a transaction of the system.
 */
export async function keepContact(tx: Tx, given: NewRedemption, familyId: string, at: Date): Promise<void> {
  if (!given.contact || normaliseContact('whatsapp', given.contact.number) === undefined) return
  if ((await familiesWithContact(tx, [familyId])).size > 0) return
  await recordContactAsSystem(tx, {
    familyId,
    id: given.id,
    kind: 'whatsapp',
    value: given.contact.number,
    agreed: given.contact.agreed,
    source: 'handover',
    sourceRef: given.id,
    at,
  })
}

/** What became of the number that came with a record, the same however often it is sent. */
export async function contactTold(tx: Tx, given: NewRedemption): Promise<Redeemed['contact']> {
  if (!given.contact) return null
  if (normaliseContact('whatsapp', given.contact.number) === undefined) return 'unreadable'
  const row = await tx.selectFrom('family_contact').select('id').where('id', '=', given.id).executeTakeFirst()
  return row ? 'kept' : 'known'
}

/** Whether each of these families can be reached, and nothing of how: where nobody can, whoever hands out may ask for a number. */
export const whoHasContact = (tx: Tx, familyIds: readonly string[]): Promise<Set<string>> =>
  withinAsSystem(tx, 'distribution: which families can be reached', (within) => familiesWithContact(within, familyIds))
