import type { EventKind, FamilyState, Patch, PersonPart, PersonState, SealedState } from '../register/change.ts'
import type { KnownFamily, KnownPerson } from './standing.ts'
import type { Telling } from './plan.ts'
import type { Told, ToldPerson } from './told.ts'

/* What rows say as patches, and what of it differs from what the register holds. */

export function familyPatch(rows: readonly Told[], telling: Telling): Patch<FamilyState> & { regionCode: string } {
  const first = <Value>(pick: (row: Told) => Value | null): Value | null => {
    for (const row of rows) {
      const value = pick(row)
      if (value !== null) return value
    }
    return null
  }
  const kk = first((row) => row.kk)
  const address = first((row) => row.address)
  const rt = first((row) => row.rt)
  const rw = first((row) => row.rw)
  const decile = first((row) => row.decile)
  return {
    regionCode: rows[0]?.regionCode ?? '',
    ...(kk !== null && { kkNumber: kk }),
    ...(address !== null && { address }),
    ...(rt !== null && { rt }),
    ...(rw !== null && { rw }),
    ...(decile !== null && {
      decile,
      decileSource: telling.decileSource,
      ...(telling.decilePeriod !== null && { decilePeriod: telling.decilePeriod }),
    }),
  }
}

export function personPatch(person: ToldPerson): Patch<PersonState> & { name: string } {
  const { nik, name, birthDate, birthPlace, sex, relationship, motherName, maritalStatus, schooling, work } = person
  return {
    name,
    ...(nik !== null && { nik }),
    ...(birthDate !== null && { birthDate }),
    ...(birthPlace !== null && { birthPlace }),
    ...(sex !== null && { sex }),
    ...(relationship !== null && { relationship }),
    ...(motherName !== null && { motherName }),
    ...(maritalStatus !== null && { maritalStatus }),
    ...(schooling !== null && { schooling }),
    ...(work !== null && { work }),
  }
}

/** Of somebody new only what is the case; that there is nothing needs no sealed row. */
export function sealedPatch({ disabilities, pregnant }: ToldPerson): Patch<SealedState> | null {
  const some = disabilities !== null && disabilities.length > 0
  if (!some && pregnant !== true) return null
  return { ...(some && { disabilities }), ...(pregnant === true && { pregnant }) }
}

type Loose<State> = { -readonly [Field in keyof State]?: State[Field] | null }

export function familyDifference(family: KnownFamily, told: Patch<FamilyState>, key: string): Loose<FamilyState> {
  const difference: Loose<FamilyState> = {}
  if (told.regionCode && told.regionCode !== family.regionCode) difference.regionCode = told.regionCode
  // Where the number is the key it says nothing new: the family may have another one by now.
  if (told.kkNumber && !key.startsWith('kk:') && told.kkNumber !== family.kkNumber) difference.kkNumber = told.kkNumber
  if (told.address && !alike(told.address, family.address)) difference.address = told.address
  if (told.rt && told.rt !== family.rt?.padStart(3, '0')) difference.rt = told.rt
  if (told.rw && told.rw !== family.rw?.padStart(3, '0')) difference.rw = told.rw
  if (told.decile && (told.decile !== family.decile || (told.decilePeriod ?? null) !== family.decilePeriod)) {
    difference.decile = told.decile
    difference.decileSource = told.decileSource ?? null
    difference.decilePeriod = told.decilePeriod ?? null
  }
  return difference
}

export const familyKind = (difference: Loose<FamilyState>): EventKind => {
  if (difference.regionCode) return 'moved_within'
  const fields = Object.keys(difference)
  if (fields.every((one) => one.startsWith('decile'))) return 'decile_set'
  if (fields.every((one) => one === 'headId')) return 'head_changed'
  return fields.every((one) => one === 'kkNumber') ? 'kk_changed' : 'surveyed'
}

export function personDifference(person: KnownPerson, row: Told, familyId: string): PersonPart | null {
  const told = personPatch(row.person)
  const difference: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(told)) {
    const known = person.state[field as keyof KnownPerson['state']]
    const same =
      field === 'name' || field === 'motherName' || field === 'birthPlace' || field === 'work'
        ? alike(String(value), known ?? null)
        : value === known
    if (!same) difference[field] = value
  }
  if (person.familyId !== familyId) difference['familyId'] = familyId
  if (row.person.alive === false) difference['status'] = 'dead'
  const sealed: Loose<SealedState> = {}
  const { disabilities, pregnant } = row.person
  if (disabilities && disabilities.join() !== person.disabilities.join()) sealed.disabilities = disabilities
  if (pregnant !== null && pregnant !== (person.pregnant ?? false)) sealed.pregnant = pregnant
  const fields = Object.keys(difference)
  const isSealed = Object.keys(sealed).length > 0
  if (fields.length === 0 && !isSealed) return null
  return {
    subject: 'person',
    subjectId: person.id,
    kind: personKind(difference, sealed),
    ...(fields.length > 0 && { patch: difference as Patch<PersonState> }),
    ...(isSealed && { sealed }),
  }
}

function personKind(difference: Record<string, unknown>, sealed: Loose<SealedState>): EventKind {
  if (difference['status'] === 'dead') return 'died'
  if (difference['familyId']) return 'family_split'
  const fields = Object.keys(difference)
  if (fields.length === 0) return sealed.disabilities ? 'disability' : sealed.pregnant ? 'pregnant' : 'surveyed'
  return fields.every((one) => one === 'nik') ? 'nik_changed' : 'surveyed'
}

/** Case, spaces and full stops are no difference. */
const alike = (one: string, other: string | null): boolean =>
  other !== null && (one === other || squeezed(one) === squeezed(other))
const squeezed = (text: string) => text.toUpperCase().replace(/[\s.,]+/g, '')
