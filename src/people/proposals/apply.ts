import type { Actor, Tx } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import type { Change, FamilyPart, FamilyState, Patch, PersonPart, PersonState } from '../register/change.ts'
import { recordChange } from '../register/record.ts'
import { calendarAt } from './calendar.ts'
import { payloadOf, type FoundThere, type Held, type Payload } from './proposal.ts'
import type { FamilyFacts, Member } from './schema.ts'

type Applied = { changeId: string; familyId: string | null }

/** What the draft is built from; no database in it, so that every kind can be tested as a rule. */
export type Draft = {
  proposal: Pick<Held['row'], 'id' | 'number' | 'kind' | 'removal' | 'region_code' | 'family_id' | 'person_id'>
  payload: Payload
  found: FoundThere | null
  /** Living members of the family named, for a removal of the whole family. */
  members: readonly string[]
  /** What the register holds of the family and the people to be corrected, by id: what is so already is no correction. */
  known: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  effectiveOn: string
}

/** The fields of a patch that the register does not hold already. */
function differing<T extends object>(draft: Draft, id: string, patch: T): Partial<T> {
  const known = draft.known.get(id) ?? {}
  return Object.fromEntries(Object.entries(patch).filter(([key, value]) => known[key] !== value)) as Partial<T>
}

/**
 * The change of the register that an approved proposal is. Its id is the proposal's, so that the register takes it once.
 * Undefined when nothing of the register changes: an objection to a decision that names nothing to put right.
 */
export function changeOf(draft: Draft): Change | undefined {
  const { proposal, payload, found } = draft
  const facts: FamilyFacts = { ...payload.family, ...found?.family }
  const members = found?.members ?? payload.members ?? []
  const base = {
    id: proposal.id,
    effectiveOn: draft.effectiveOn,
    source: 'meeting' as const,
    sourceRef: proposal.number,
    check: 'none' as const,
  }
  if (proposal.kind === 'remove') return { ...base, ...removalOf(draft) }
  if (proposal.family_id === null && payload.familyId && members.length > 0)
    return { ...base, kind: 'registered', parts: newFamily(draft, payload.familyId, facts, members) }
  if (proposal.family_id === null) return undefined
  const parts = correctedFamily(draft, proposal.family_id, facts, members)
  return parts.length > 0 ? { ...base, kind: 'corrected', parts } : undefined
}

function newFamily(
  { proposal, found, effectiveOn }: Draft,
  familyId: string,
  facts: FamilyFacts,
  members: readonly (Member & { id: string })[],
): (FamilyPart | PersonPart)[] {
  const head = members.find((one) => one.relationship === 'head') ?? members[0]
  const family: FamilyPart = {
    subject: 'family',
    subjectId: familyId,
    isNew: true,
    patch: {
      regionCode: proposal.region_code,
      ...facts,
      ...(head && { headId: head.id }),
      answers: found?.answers ?? {},
      status: 'active',
      ...(found && { checkedOn: effectiveOn }),
    },
  }
  return [
    family,
    ...members.map((one) =>
      newPerson(one, familyId, proposal.region_code, one.id === head?.id ? 'head' : one.relationship),
    ),
  ]
}

function newPerson(
  { id, ...facts }: Member & { id: string },
  familyId: string,
  regionCode: string,
  relationship: Member['relationship'],
): PersonPart {
  return {
    subject: 'person',
    subjectId: id,
    isNew: true,
    kind: 'registered',
    patch: {
      ...(facts as Patch<PersonState>),
      ...(relationship && { relationship }),
      familyId,
      regionCode,
      ppks: [],
      answers: {},
      status: 'active',
    },
  }
}

function correctedFamily(
  draft: Draft,
  familyId: string,
  facts: FamilyFacts,
  members: readonly (Member & { id: string })[],
): (FamilyPart | PersonPart)[] {
  const { proposal, payload, found, effectiveOn } = draft
  const patch: Patch<FamilyState> = {
    ...differing(draft, familyId, facts),
    ...(found?.answers && { answers: found.answers }),
    ...(found && { checkedOn: effectiveOn }),
  }
  const parts: (FamilyPart | PersonPart)[] =
    Object.keys(patch).length > 0 ? [{ subject: 'family', subjectId: familyId, patch }] : []
  for (const { personId, ...fields } of payload.corrections ?? []) {
    const wrong = differing(draft, personId, fields)
    if (Object.keys(wrong).length > 0)
      parts.push({ subject: 'person', subjectId: personId, patch: wrong as Patch<PersonState> })
  }
  for (const member of members) parts.push(newPerson(member, familyId, proposal.region_code, member.relationship))
  return parts
}

const familyStatus = {
  not_eligible: 'graduated',
  moved: 'moved_out',
  dead: 'dissolved',
  double: 'dissolved',
  not_found: 'not_found',
} as const
const personStatus = { moved: 'moved_out', dead: 'dead', double: 'not_found', not_found: 'not_found' } as const
const removalKind = {
  not_eligible: 'able',
  moved: 'moved_out',
  dead: 'died',
  double: 'duplicate',
  not_found: 'not_found',
} as const

/** One person leaves, or the whole family. Whoever is not eligible leaves as a family: persons stay as they are. */
function removalOf({ proposal, members, effectiveOn }: Draft): Pick<Change, 'kind' | 'parts'> {
  const why = proposal.removal ?? 'not_eligible'
  const familyId = proposal.family_id
  if (!familyId) throw conflict('proposal_no_family')
  const kind = removalKind[why]
  const leaves = (personId: string): PersonPart => ({
    subject: 'person',
    subjectId: personId,
    patch:
      why === 'dead'
        ? { status: 'dead', diedOn: effectiveOn }
        : { status: why === 'not_eligible' ? 'active' : personStatus[why] },
  })
  // With the last member the family goes.
  const lastOne = members.length === 1 && members[0] === proposal.person_id
  if (proposal.person_id && why !== 'not_eligible' && !lastOne) return { kind, parts: [leaves(proposal.person_id)] }
  const status = familyStatus[why]
  const family: FamilyPart = {
    subject: 'family',
    subjectId: familyId,
    ...(kind === 'died' && { kind: 'corrected' as const }),
    // A family that is no more has neither head nor payee.
    patch: { status, ...(status === 'dissolved' && { headId: null, payeeId: null }) },
  }
  return { kind, parts: [family, ...(why === 'not_eligible' ? [] : members.map(leaves))] }
}

/** Writes the change into the register in the transaction of the approval. Errors: those of recordChange, proposal_no_family. */
export async function applyProposal(tx: Tx, actor: Actor, held: Held): Promise<Applied> {
  const { row } = held
  const payload = await payloadOf(tx, row.id)
  const zone = await tx
    .selectFrom('region')
    .select('time_zone')
    .where('code', '=', row.region_code)
    .executeTakeFirstOrThrow()
  const { today } = await calendarAt(tx, actor.at, zone.time_zone)
  const members =
    row.kind === 'remove' && row.family_id
      ? await tx
          .selectFrom('person')
          .select('id')
          .where('family_id', '=', row.family_id)
          .where('status', '=', 'active')
          .execute()
      : []
  const change = changeOf({
    proposal: row,
    payload,
    found: held.check?.found ?? null,
    members: members.map((one) => one.id),
    known: await knownFacts(tx, row.family_id, payload),
    effectiveOn: today,
  })
  if (change) await recordChange(tx, actor, change)
  return { changeId: row.id, familyId: row.family_id ?? (change && payload.familyId ? payload.familyId : null) }
}

async function knownFacts(tx: Tx, familyId: string | null, payload: Payload): Promise<Draft['known']> {
  const known = new Map<string, Record<string, unknown>>()
  if (familyId) {
    const family = await tx
      .selectFrom('family')
      .select(['kk_number as kkNumber', 'address', 'rt', 'rw'])
      .where('id', '=', familyId)
      .executeTakeFirst()
    if (family) known.set(familyId, family)
  }
  const ids = (payload.corrections ?? []).map((one) => one.personId)
  if (ids.length === 0) return known
  const persons = await tx
    .selectFrom('person')
    .select(['id', 'name', 'nik', 'birth_date as birthDate', 'birth_place as birthPlace', 'sex', 'relationship'])
    .select([
      'mother_name as motherName',
      'marital_status as maritalStatus',
      'schooling',
      'school_level as schoolLevel',
      'work',
    ])
    .where('id', 'in', ids)
    .execute()
  for (const { id, ...facts } of persons) known.set(id, facts)
  return known
}
