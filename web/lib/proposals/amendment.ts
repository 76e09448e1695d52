import type { AmendAct, Proposal } from '#src/people/proposals/schema.ts'
import { faultsOf, type Problem } from '#lib/api.ts'
import { m } from '#messages'
import { amendedFrom, blankMember, correctionsFrom, type TypedMember, typedFrom } from './members.svelte.ts'

/** What a proposal says, while an officer puts it right. */
export type AmendDraft = {
  members: TypedMember[]
  corrections: TypedMember[]
  family: { kkNumber: string; address: string; rt: string; rw: string }
  familyId: string
}

/** Everything as it stands; numbers are masked, so their fields begin empty. */
export const draftOf = (held: Proposal): AmendDraft => ({
  members: held.members.length > 0 ? held.members.map(typedFrom) : held.kind === 'correct' ? [] : [blankMember()],
  corrections: held.corrections.map(typedFrom),
  family: {
    kkNumber: '',
    address: held.family.address ?? '',
    rt: held.family.rt ?? '',
    rw: held.family.rw ?? '',
  },
  familyId: '',
})

/** What has been typed, as the API takes it; a part nobody touched is left out. */
export function amendmentOf(
  draft: AmendDraft,
  held: Proposal,
): Pick<AmendAct, 'members' | 'corrections' | 'family' | 'familyId'> {
  const before = draftOf(held)
  const differs = (part: keyof AmendDraft) => JSON.stringify(draft[part]) !== JSON.stringify(before[part])
  const { kkNumber, ...place } = draft.family
  return {
    ...(differs('members') && { members: amendedFrom(draft.members) }),
    ...(differs('corrections') && { corrections: correctionsFrom(draft.corrections) }),
    ...(differs('family') && {
      family: {
        ...(kkNumber.trim() !== '' && { kkNumber: kkNumber.replace(/[\s.-]/g, '') }),
        address: place.address.trim() || null,
        rt: place.rt.trim() || null,
        rw: place.rw.trim() || null,
      },
    }),
    ...(draft.familyId.trim() !== '' && { familyId: draft.familyId.trim() }),
  }
}

/** Sentences of a problem, with the person and the field they are about: several may have the same fault. */
export const namedFaults = (problem: Problem | null) =>
  faultsOf(problem).map(({ field, message }) => {
    const labels: Readonly<Record<string, string>> = {
      reason: m.proposals_act_reason(),
      name: m.proposals_member_name(),
      nik: m.proposals_member_nik(),
      birthDate: m.proposals_member_birth(),
      address: m.proposals_address(),
      kkNumber: m.proposals_kk_number(),
      rt: 'RT',
      rw: 'RW',
      familyId: m.proposals_family_id(),
    }
    const place = /^(?:members|corrections)\.(\d+)\./.exec(field ?? '')?.[1]
    const before = [
      place !== undefined && m.proposals_member_nr({ number: Number(place) + 1 }),
      labels[field?.split('.').at(-1) ?? ''],
    ]
      .filter(Boolean)
      .join(', ')
    return { ...(field !== undefined && { field }), message: before ? `${before}: ${message}` : message }
  })
