import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { cleanLine, cleanText } from '#src/platform/text/index.ts'
import type {
  Change,
  EventKind,
  FamilyPart,
  FamilyState,
  Patch,
  PersonPart,
  PersonState,
  SealedState,
} from './change.ts'
import { beginAct } from './evidence.ts'
import { needsCheck } from './policy.ts'
import { type Asked, checkAnswers, questionnairesOn } from './questionnaire.ts'
import { recordChange, type Recorded } from './record.ts'
import type {
  DeathAct,
  FamilyFactsAct,
  Grounds,
  HeadAct,
  LeavingAct,
  MoveAct,
  NewFamily,
  NewMember,
  PayeeAct,
  PersonFactsAct,
  PersonInput,
} from './schema.ts'

/*
 * What an officer does to a family, each as one change. Everything but registering asks for the family to be opened first; what the
 * source does not settle waits for somebody else.
 */

type Part = FamilyPart | PersonPart

/** A change as an act makes it: grounds cleaned, waiting for a check where the policy asks for one. */
export function changeOf(actor: Actor, grounds: Grounds, kind: EventKind, parts: readonly Part[]): Change {
  const note = grounds.note ? cleanText(grounds.note) : ''
  const sourceRef = grounds.sourceRef ? cleanLine(grounds.sourceRef) : ''
  // What the civil registry says is a paper that can be looked up, not a word to pass by the check.
  if (grounds.source === 'civil_registry' && !sourceRef && !grounds.evidence?.length)
    throw invalid({ field: 'sourceRef', code: 'required' })
  return {
    id: grounds.id ?? uuid(),
    kind,
    effectiveOn: grounds.effectiveOn,
    ...(grounds.reportedOn !== undefined && { reportedOn: grounds.reportedOn }),
    source: grounds.source,
    ...(sourceRef && { sourceRef }),
    ...(note && { note }),
    ...(grounds.evidence && { evidence: [...new Set(grounds.evidence)] }),
    check: needsCheck(actor, grounds.source) ? 'needed' : 'none',
    parts,
  }
}

/** The members of a family as they stand now. */
export async function membersOf(tx: Tx, familyId: string) {
  return tx
    .selectFrom('person')
    .select(['id', 'status', 'relationship'])
    .where('family_id', '=', familyId)
    .where('status', '=', 'active')
    .orderBy('id')
    .execute()
}

export async function mustBeMember(tx: Tx, familyId: string, personId: string, field: string): Promise<void> {
  const members = await membersOf(tx, familyId)
  if (!members.some((one) => one.id === personId)) throw invalid({ field, code: 'not_member' })
}

type Given = { subject: Asked; answers: unknown; field: string }
async function checkAll(tx: Tx, day: string, given: readonly Given[], whole: boolean): Promise<void> {
  const asked = given.filter((one) => one.answers && typeof one.answers === 'object')
  if (asked.length === 0) return
  const forms = await questionnairesOn(tx, day)
  for (const one of asked)
    checkAnswers(
      forms.find((form) => form.subject === one.subject),
      one.answers as Record<string, unknown>,
      one.field,
      whole,
    )
}

/** White space alone is no name. */
function nameOf(text: string, field: string): string {
  const name = cleanLine(text)
  if (name === '') throw invalid({ field, code: 'required' })
  return name
}

/** A person as typed in, as a part of a change. */
export function newPerson({ id, sealed, ...given }: PersonInput, familyId: string): PersonPart {
  const name = nameOf(given.name, 'name')
  const patch: Patch<PersonState> = { ...given, name, answers: given.answers ?? {}, familyId, status: 'active' }
  const hidden = sealed && Object.keys(sealed).length > 0 ? sealed : undefined
  return { subject: 'person', subjectId: id ?? uuid(), isNew: true, patch, ...(hidden && { sealed: hidden }) }
}

/** A whole family with its members at once. Fields of problems as in the request: `members.2.nik`. */
export async function registerFamily(tx: Tx, actor: Actor, act: NewFamily): Promise<Recorded & { familyId: string }> {
  const heads = act.members.filter((one) => one.relationship === 'head')
  if (heads.length !== 1) throw invalid({ field: 'members', code: 'one_head' })
  if (act.payee !== undefined && !act.members[act.payee]) throw invalid({ field: 'payee', code: 'not_member' })
  // Files are handed in on the page of a family, and this one has none yet.
  if (act.evidence?.length) throw invalid({ field: 'evidence', code: 'unknown' })
  await checkAll(
    tx,
    act.effectiveOn,
    [
      { subject: 'family', answers: act.family.answers, field: 'family.answers' },
      ...act.members.flatMap((one, index): Given[] => [
        { subject: 'person', answers: one.answers, field: `members.${index}.answers` },
        { subject: 'sealed', answers: one.sealed?.answers, field: `members.${index}.sealed.answers` },
      ]),
    ],
    false,
  )
  const familyId = act.familyId ?? uuid()
  const members = act.members.map((one) => newPerson(one, familyId))
  const head = members.find((one) => one.patch?.relationship === 'head')?.subjectId
  const payee = act.payee === undefined ? undefined : members[act.payee]?.subjectId
  const family: FamilyPart = {
    subject: 'family',
    subjectId: familyId,
    isNew: true,
    patch: {
      ...cleanFamily(act.family),
      regionCode: act.regionCode,
      answers: act.family.answers ?? {},
      status: 'active',
      ...(head && { headId: head }),
      ...(payee && { payeeId: payee }),
    },
  }
  const change = changeOf(actor, act, 'registered', [family, ...members])
  const recorded = await namingMembers(() => recordChange(tx, actor, change))
  // Sent again, the ids of the first time are told.
  const stands = recorded.events.find((one) => one.subject === 'family')?.subjectId ?? familyId
  return { ...recorded, familyId: stands }
}

const cleanFamily = <F extends { address?: unknown }>(family: F): F =>
  typeof family.address === 'string' ? { ...family, address: cleanLine(family.address) } : family

/** Parts 1 … are the members as they were typed; part 0 is the family. */
const namingMembers = <T>(work: () => Promise<T>): Promise<T> =>
  renaming(work, (field) =>
    field
      .replace(/^parts\.\d+\.patch\.regionCode$/, 'regionCode')
      .replace(/^parts\.0\.(patch\.)?/, 'family.')
      .replace(
        /^parts\.(\d+)\.(patch\.|sealed\.)?/,
        (_, number: string, place: string | undefined) =>
          `members.${Number(number) - 1}.${place === 'sealed.' ? 'sealed.' : ''}`,
      ),
  )

/** Tells problems by the fields of the request instead of those of the change. */
export async function renaming<T>(work: () => Promise<T>, rename: (field: string) => string): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.errors.length > 0)
      throw new Problem(
        error.status,
        error.code,
        error.params,
        error.errors.map((one) => ({ ...one, field: rename(one.field) })),
      )
    throw error
  }
}

/** `parts.0.patch.nik` → `<prefix>nik`; what is wrong with a head or payee is told at their own field. */
export const named =
  (prefix: string) =>
  (field: string): string =>
    field
      .replace(/^parts\.\d+\.(patch\.)?(headId|payeeId|regionCode)$/, '$2')
      .replace(/^parts\.\d+\.subjectId$/, 'personId')
      .replace(/^parts\.\d+\.patch$/, prefix.slice(0, -1) || 'facts')
      .replace(/^parts\.\d+\.(patch\.)?/, prefix)

/** Somebody is born, moves in, marries into the family: a person the register does not know yet. */
export async function addMember(tx: Tx, actor: Actor, familyId: string, act: NewMember): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  if (act.person.relationship === 'head') throw invalid({ field: 'person.relationship', code: 'one_head' })
  if (act.kind === 'born' && act.person.birthDate !== undefined && act.person.birthDate !== act.effectiveOn)
    throw invalid({ field: 'person.birthDate', code: 'born_on' })
  const person = act.kind === 'born' ? { ...act.person, birthDate: act.effectiveOn } : act.person
  await checkAll(
    tx,
    act.effectiveOn,
    [
      { subject: 'person', answers: person.answers, field: 'person.answers' },
      { subject: 'sealed', answers: person.sealed?.answers, field: 'person.sealed.answers' },
    ],
    false,
  )
  const change = changeOf(actor, act, act.kind, [newPerson(person, familyId)])
  return renaming(() => recordChange(tx, actor, change), named('person.'))
}

/** The head's place is taken over in the same act: the family's part and that of the new head, or nothing when no head is named. */
export const successor = (familyId: string, headId: string | undefined): Part[] =>
  headId === undefined
    ? []
    : [
        { subject: 'family', subjectId: familyId, patch: { headId } },
        { subject: 'person', subjectId: headId, patch: { relationship: 'head' } },
      ]

/** Somebody died. When it was the head, `headId` says who follows, as long as somebody is left. */
export async function recordDeath(tx: Tx, actor: Actor, familyId: string, act: DeathAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  await mustBeMember(tx, familyId, act.personId, 'personId')
  const dead: Part = { subject: 'person', subjectId: act.personId, patch: { status: 'dead', diedOn: act.effectiveOn } }
  const change = changeOf(actor, act, 'died', [dead, ...successor(familyId, act.headId)])
  return renaming(() => recordChange(tx, actor, change), named(''))
}

/** Somebody leaves the family and is in no family of the register from then on. */
export async function recordLeaving(tx: Tx, actor: Actor, familyId: string, act: LeavingAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  await mustBeMember(tx, familyId, act.personId, 'personId')
  const status = act.kind === 'not_found' ? 'not_found' : 'moved_out'
  const gone: Part = {
    subject: 'person',
    subjectId: act.personId,
    patch: { familyId: null, relationship: null, status },
  }
  const change = changeOf(actor, act, act.kind, [gone, ...successor(familyId, act.headId)])
  return renaming(() => recordChange(tx, actor, change), named(''))
}

/** The whole family moves: within the village, or anywhere in the country, where the office of the new place sees it from then on. */
export async function moveFamily(tx: Tx, actor: Actor, familyId: string, act: MoveAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  const { regionCode, address, rt, rw, kkNumber } = act
  const row = await tx.selectFrom('family').select('region_code').where('id', '=', familyId).executeTakeFirst()
  if (!row) throw notFound('family')
  const within = row.region_code === regionCode
  const patch: Patch<FamilyState> = {
    ...(!within && { regionCode }),
    // The old address does not hold in another village.
    ...(address !== undefined ? { address: address && cleanLine(address) } : !within && { address: null }),
    ...(rt !== undefined ? { rt } : !within && { rt: null }),
    ...(rw !== undefined ? { rw } : !within && { rw: null }),
    ...(kkNumber !== undefined && { kkNumber }),
  }
  const change = changeOf(actor, act, within ? 'moved_within' : 'moved_out', [
    { subject: 'family', subjectId: familyId, patch },
  ])
  return renaming(() => recordChange(tx, actor, change), named(''))
}

/** Another member becomes head; `relationships` says what the others are to the new head, as far as it changes. */
export async function changeHead(tx: Tx, actor: Actor, familyId: string, act: HeadAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  const members = await membersOf(tx, familyId)
  const roles = new Map(act.relationships?.map((one) => [one.personId, one.relationship]))
  for (const [index, { personId }] of (act.relationships ?? []).entries())
    if (!members.some((one) => one.id === personId))
      throw invalid({ field: `relationships.${index}.personId`, code: 'not_member' })
  const parts = members.flatMap((one): Part[] => {
    const relationship =
      one.id === act.headId
        ? 'head'
        : (roles.get(one.id) ?? (one.relationship === 'head' ? 'other_relative' : undefined))
    return relationship && relationship !== one.relationship
      ? [{ subject: 'person', subjectId: one.id, patch: { relationship } }]
      : []
  })
  const family: Part = { subject: 'family', subjectId: familyId, patch: { headId: act.headId } }
  const change = changeOf(actor, act, 'head_changed', [family, ...parts])
  return renaming(() => recordChange(tx, actor, change), named(''))
}

/** Another member receives for the family, or nobody is known to. */
export async function changePayee(tx: Tx, actor: Actor, familyId: string, act: PayeeAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  const change = changeOf(actor, act, 'payee_changed', [
    { subject: 'family', subjectId: familyId, patch: { payeeId: act.payeeId } },
  ])
  return renaming(() => recordChange(tx, actor, change), named(''))
}

/** What is found out about the family: house, assets, decile, family card. A survey says by itself when somebody looked. */
export async function changeFamilyFacts(
  tx: Tx,
  actor: Actor,
  familyId: string,
  act: FamilyFactsAct,
): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  const facts = cleanFamily(act.facts)
  const whole = act.kind === 'surveyed'
  await checkAll(tx, act.effectiveOn, [{ subject: 'family', answers: facts['answers'], field: 'facts.answers' }], whole)
  const patch: Patch<FamilyState> = {
    ...(whole && { checkedOn: act.effectiveOn }),
    ...(act.kind === 'not_found' && { status: 'not_found' }),
    ...facts,
  }
  const change = changeOf(actor, act, act.kind, [{ subject: 'family', subjectId: familyId, patch }])
  return renaming(() => recordChange(tx, actor, change), named('facts.'))
}

/** What is found out about one person; health and the sealed kinds of PPKS in `sealed`. */
export async function changePersonFacts(
  tx: Tx,
  actor: Actor,
  familyId: string,
  act: PersonFactsAct,
): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  await mustBeMember(tx, familyId, act.personId, 'personId')
  const whole = act.kind === 'surveyed'
  await checkAll(
    tx,
    act.effectiveOn,
    [
      { subject: 'person', answers: act.facts?.['answers'], field: 'facts.answers' },
      { subject: 'sealed', answers: act.sealed?.['answers'], field: 'sealed.answers' },
    ],
    whole,
  )
  if (act.facts?.['relationship'] === 'head') throw invalid({ field: 'facts.relationship', code: 'one_head' })
  if (act.facts?.['name'] === null) throw invalid({ field: 'facts.name', code: 'required' })
  const facts: Patch<PersonState> = act.facts ?? {}
  const name = typeof facts.name === 'string' ? { name: nameOf(facts.name, 'facts.name') } : {}
  const sealed: Patch<SealedState> | undefined = act.sealed
  const part: Part = {
    subject: 'person',
    subjectId: act.personId,
    patch: { ...facts, ...name },
    ...(sealed && { sealed }),
  }
  const change = changeOf(actor, act, act.kind, [part])
  return renaming(
    () => recordChange(tx, actor, change),
    (field) => named('facts.')(field.replace(/^parts\.\d+\.sealed/, 'sealed')),
  )
}
