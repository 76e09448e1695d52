import { v7 as uuid } from 'uuid'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { invalid, notFound } from '#src/platform/http/problem.ts'
import { changeOf, membersOf, named, renaming } from './acts.ts'
import type { FamilyPart, FamilyState, Patch, PersonPart } from './change.ts'
import { beginAct } from './evidence.ts'
import { requireOpening } from './opening.ts'
import { validateAnswers } from './questionnaire.ts'
import { recordChange, type Recorded } from './record.ts'
import type { JoinAct, SplitAct } from './schema.ts'

type Part = FamilyPart | PersonPart

/** Some members become a family of their own. They keep their history, and the old family keeps that they were in it. */
export async function splitFamily(
  tx: Tx,
  actor: Actor,
  familyId: string,
  act: SplitAct,
): Promise<Recorded & { familyId: string }> {
  await beginAct(tx, actor, familyId, act)
  await validateAnswers(tx, 'family', act.family.answers, act.effectiveOn, 'family.answers')
  const old = await tx
    .selectFrom('family')
    .select(['region_code', 'address', 'rt', 'rw', 'head_id'])
    .where('id', '=', familyId)
    .executeTakeFirst()
  if (!old) throw notFound('family')
  const members = await membersOf(tx, familyId)
  act.members.forEach((id, index) => {
    if (!members.some((one) => one.id === id)) throw invalid({ field: `members.${index}`, code: 'not_member' })
  })
  if (!act.members.includes(act.headId)) throw invalid({ field: 'headId', code: 'not_member' })
  const staying = members.filter((one) => !act.members.includes(one.id))
  const headGoes = old.head_id !== null && act.members.includes(old.head_id)
  if (headGoes && staying.length > 0 && !act.remainingHeadId)
    throw invalid({ field: 'remainingHeadId', code: 'head_needed' })
  if (act.remainingHeadId && !staying.some((one) => one.id === act.remainingHeadId))
    throw invalid({ field: 'remainingHeadId', code: 'not_member' })

  const newId = act.familyId ?? uuid()
  const roles = new Map(act.relationships?.map((one) => [one.personId, one.relationship]))
  const here = {
    ...(old.address !== null && { address: old.address }),
    ...(old.rt !== null && { rt: old.rt }),
    ...(old.rw !== null && { rw: old.rw }),
  }
  const family: Patch<FamilyState> = {
    // A new family in the same house, unless it is said where they live.
    ...(act.family.regionCode === undefined && act.family.address === undefined && here),
    ...act.family,
    regionCode: act.family.regionCode ?? old.region_code,
    answers: act.family.answers ?? {},
    headId: act.headId,
    status: 'active',
  }
  const going = act.members.map((id): Part => ({
    subject: 'person',
    subjectId: id,
    patch: {
      familyId: newId,
      relationship: id === act.headId ? 'head' : (roles.get(id) ?? null),
      regionCode: family.regionCode ?? old.region_code,
    },
  }))
  const remaining: Part[] =
    act.remainingHeadId === undefined
      ? []
      : [
          { subject: 'family', subjectId: familyId, patch: { headId: act.remainingHeadId } },
          { subject: 'person', subjectId: act.remainingHeadId, patch: { relationship: 'head' } },
        ]
  const change = changeOf(actor, act, 'family_split', [
    { subject: 'family', subjectId: newId, isNew: true, patch: family },
    ...going,
    ...remaining,
  ])
  const recorded = await renaming(() => recordChange(tx, actor, change), named('family.'))
  const made = recorded.events.find((one) => one.subject === 'family' && one.seq === 1 && one.subjectId !== familyId)
  return { ...recorded, familyId: made?.subjectId ?? newId }
}

/** All members of another family join this one; the other is dissolved and keeps its history. */
export async function joinFamilies(tx: Tx, actor: Actor, familyId: string, act: JoinAct): Promise<Recorded> {
  await beginAct(tx, actor, familyId, act)
  if (act.fromFamilyId === familyId) throw invalid({ field: 'fromFamilyId', code: 'twice' })
  await requireOpening(tx, actor, act.fromFamilyId)
  const members = await membersOf(tx, act.fromFamilyId)
  if (members.length === 0) throw invalid({ field: 'fromFamilyId', code: 'inactive_family' })
  const roles = new Map(act.relationships?.map((one) => [one.personId, one.relationship]))
  const parts = members.map((one): Part => ({
    subject: 'person',
    subjectId: one.id,
    patch: { familyId, relationship: roles.get(one.id) ?? (one.relationship === 'head' ? 'other_relative' : null) },
  }))
  if (parts.some((part) => part.subject === 'person' && part.patch?.relationship === 'head'))
    throw invalid({ field: 'relationships', code: 'one_head' })
  const change = changeOf(actor, act, 'family_joined', parts)
  return renaming(
    () => recordChange(tx, actor, change),
    (field) => (field.endsWith('familyId') ? 'fromFamilyId' : named('')(field)),
  )
}
