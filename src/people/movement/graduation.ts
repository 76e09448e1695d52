import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict, invalid, notFound } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import {
  checkEvidence,
  needsCheck,
  recordChange,
  registerTerm,
  requireOpening,
  type Change,
  type PersonPart,
  type Source,
} from '../register/index.ts'
import { authorizeMove } from './policy.ts'
import type { Graduation, Moved, Reentry } from './schema.ts'

/**
 * A family leaves the register as able: by its own wish with a signed request, because nobody of it is eligible any more, or against its
 * will for a certified reason. Forced graduation always waits for another person, the others as the register asks of their source.
 * The family must have been opened. Throws problems that name the field.
 */
export async function graduate(tx: Tx, actor: Actor, familyId: string, act: Graduation): Promise<Moved> {
  const family = await openedFamily(tx, actor, familyId)
  const repeated = await before(tx, act.id, familyId)
  if (repeated) return repeated
  if (family.status !== 'active') throw conflict('family_not_active')
  const own = act.kind === 'graduated_voluntary'
  const forced = act.kind === 'graduated_forced'
  if (own && !act.requestedOn) throw invalid({ field: 'requestedOn', code: 'required' })
  if (own && act.requestedOn && act.requestedOn > actor.at.toISOString().slice(0, 10))
    throw invalid({ field: 'requestedOn', code: 'future_day' })
  const certified = cleanLine(act.certifiedBy ?? '')
  if (forced && certified === '') throw invalid({ field: 'certifiedBy', code: 'required' })
  await requireEvidence(tx, actor, familyId, act.evidence)
  const source: Source = own ? 'citizen' : 'office'
  return record(tx, actor, {
    id: act.id,
    kind: act.kind,
    effectiveOn: act.effectiveOn,
    source,
    note: [cleanText(act.reason), own ? act.requestedOn : '', forced ? certified : '']
      .filter(Boolean)
      .join('\n')
      .slice(0, 1000),
    ...(act.evidence && { evidence: act.evidence }),
    check: forced || needsCheck(actor, source) ? 'needed' : 'none',
    parts: [{ subject: 'family', subjectId: familyId, patch: { status: 'graduated' } }],
  })
}

/**
 * A family that had left comes back: it became poor again, a disaster took what it had, or it was found after all. After a disaster it counts
 * at once, with the disaster as its source; otherwise as the register asks.
 */
export async function reenter(tx: Tx, actor: Actor, familyId: string, act: Reentry): Promise<Moved> {
  const family = await openedFamily(tx, actor, familyId)
  const repeated = await before(tx, act.id, familyId)
  if (repeated) return repeated
  if (family.status === 'active') throw conflict('family_active')
  if (!['graduated', 'moved_out', 'not_found'].includes(family.status)) throw conflict('family_gone')
  await requireEvidence(tx, actor, familyId, act.evidence)
  const disaster = cleanLine(act.disaster ?? '')
  const source: Source = disaster ? 'disaster' : 'office'
  return record(tx, actor, {
    id: act.id,
    kind: 'reentered',
    effectiveOn: act.effectiveOn,
    source,
    ...(disaster && { sourceRef: disaster }),
    note: cleanText(act.reason),
    ...(act.evidence && { evidence: act.evidence }),
    check: needsCheck(actor, source) ? 'needed' : 'none',
    parts: [
      { subject: 'family', subjectId: familyId, patch: { status: 'active' } },
      // Those who went with the family come with it; who died or moved on alone does not.
      ...(family.status === 'graduated'
        ? []
        : await membersOf(tx, familyId, family.status === 'not_found' ? 'not_found' : 'moved_out', 'active')),
    ],
  })
}

/** Changes of the members of a family that stand as `was`, for parts of one change. */
export async function membersOf(
  tx: Tx,
  familyId: string,
  was: 'active' | 'moved_out' | 'not_found',
  now: 'active' | 'moved_out' | 'not_found',
): Promise<PersonPart[]> {
  const rows = await tx
    .selectFrom('person')
    .select('id')
    .where('family_id', '=', familyId)
    .where('status', '=', was)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => ({ subject: 'person', subjectId: id, patch: { status: now } }))
}

async function openedFamily(tx: Tx, actor: Actor, familyId: string): Promise<{ status: string }> {
  const row = await tx
    .selectFrom('family')
    .select(['region_code', 'status'])
    .where('id', '=', familyId)
    .executeTakeFirst()
  if (!row) throw notFound('family')
  authorizeMove(actor, row.region_code)
  await requireOpening(tx, actor, familyId)
  return row
}

/** The same act again answers as it did. */
async function before(tx: Tx, changeId: string, familyId: string): Promise<Moved | undefined> {
  const row = await tx
    .selectFrom('register_event')
    .select('state')
    .where('change_id', '=', changeId)
    .where('subject_id', '=', familyId)
    .executeTakeFirst()
  return row && { changeId, state: row.state === 'reported' ? 'reported' : 'in_force' }
}

async function requireEvidence(
  tx: Tx,
  actor: Actor,
  familyId: string,
  evidence: readonly string[] | undefined,
): Promise<void> {
  await checkEvidence(tx, familyId, evidence)
  const { amount } = await registerTerm(tx, 'move_evidence', actor.at.toISOString().slice(0, 10))
  if ((evidence?.length ?? 0) < amount)
    throw invalid({ field: 'evidence', code: 'minItems', params: { limit: amount } })
}

async function record(tx: Tx, actor: Actor, change: Change): Promise<Moved> {
  const recorded = await recordChange(tx, actor, change)
  return { changeId: recorded.id, state: recorded.state === 'reported' ? 'reported' : 'in_force' }
}
