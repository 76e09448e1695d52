import type { Actor, Tx } from '#src/platform/db/index.ts'
import { Problem } from '#src/platform/http/problem.ts'
import { type Change, recordChange } from '#src/people/register/index.ts'
import { v7 as uuid } from 'uuid'
import type { Held } from './finding.ts'
import type { NewRedemption } from './schema.ts'
import type { MyStop } from './stops.ts'

/**
 * What was found at the door closes the loop: somebody dead, moved or not found becomes a reported change of the register, which waits
 * until the village checks it. Said twice in a round it is reported once. In a transaction of the system.
 */
export async function proposeChange(
  tx: Tx,
  actor: Actor,
  stop: MyStop,
  held: Held,
  given: NewRedemption,
  day: string,
): Promise<void> {
  const kind =
    given.reason === 'dead'
      ? 'died'
      : given.reason === 'moved'
        ? 'moved_out'
        : given.reason === 'not_found'
          ? 'not_found'
          : null
  if (kind === null) return
  const told = await tx
    .selectFrom('register_event')
    .select('seq')
    .where('source_ref', '=', stop.number)
    .where('family_id', '=', held.family_id)
    .where('kind', '=', kind)
    .executeTakeFirst()
  if (told) return
  const parts = await partsOf(tx, held, kind, day)
  if (parts.length === 0) return
  const change: Change = {
    id: uuid(),
    kind,
    effectiveOn: day,
    source: actor.role === 'pillar' ? 'pillar' : 'office',
    sourceRef: stop.number,
    ...(given.note && { note: given.note }),
    check: 'needed',
    parts,
  }
  try {
    await recordChange(tx, { role: 'system' }, change)
  } catch (error) {
    // The register knows it already, or has moved on: what happened at the door is kept all the same.
    if (!(error instanceof Problem)) throw error
  }
}

async function partsOf(
  tx: Tx,
  held: Held,
  kind: 'died' | 'moved_out' | 'not_found',
  day: string,
): Promise<Change['parts']> {
  const family = await tx.selectFrom('family').select('status').where('id', '=', held.family_id).executeTakeFirst()
  if (family?.status !== 'active') return []
  if (kind === 'died')
    return held.payee_id === null
      ? []
      : [{ subject: 'person', subjectId: held.payee_id, patch: { status: 'dead', diedOn: day } }]
  const members = await tx
    .selectFrom('person')
    .select('id')
    .where('family_id', '=', held.family_id)
    .where('status', '=', 'active')
    .orderBy('id')
    .execute()
  return [
    { subject: 'family', subjectId: held.family_id, patch: { status: kind } },
    ...members.map(({ id }) => ({ subject: 'person' as const, subjectId: id, patch: { status: kind } })),
  ]
}
