import { v7 as uuidv7 } from 'uuid'
import { isWithin } from '#src/platform/db/index.ts'
import { checkKk } from '../identity.ts'
import type {
  Change,
  FamilyPart,
  FamilyState,
  Patch,
  PersonPart,
  PersonState,
  SealedState,
} from '../register/change.ts'
import type { Unit } from './batches.ts'
import { familyDifference, familyKind, familyPatch, personDifference, personPatch, sealedPatch } from './differences.ts'
import type { KnownFamily, Standing } from './standing.ts'
import type { Failure, Remark } from './remarks.ts'
import type { Told, ToldPerson } from './told.ts'

/** How the file as a whole is to be understood. */
export type Telling = {
  number: string
  /** region of the office that loads it */
  regionCode: string
  /** day the file speaks of */
  asOf: string
  decileSource: string
  decilePeriod: string | null
}

export type NewPerson = { id: string; key: string | null; patch: Patch<PersonState>; sealed: Patch<SealedState> | null }
export type NewFamily = { id: string; key: string; patch: Patch<FamilyState>; persons: NewPerson[] }
export type NewAssistance = {
  id: string
  familyId: string
  personId: string | null
  regionCode: string
  code: string
  from: string
  to: string | null
}

/** What a batch does to the register. */
export type Plan = {
  families: NewFamily[]
  assistance: NewAssistance[]
  /** of families that are there: each change with the rows it comes from */
  changes: { change: Change; rows: number[]; keys: Key[] }[]
  remarks: Remark[]
  counts: Counts
}
/** A key of the other system, for a subject that a change makes or that had none. */
export type Key = { subject: 'family' | 'person'; id: string; key: string }
export type Counts = Record<(typeof counted)[number], number>
export const counted = [
  'familiesNew',
  'familiesChanged',
  'familiesUnchanged',
  'personsNew',
  'personsChanged',
  'personsUnchanged',
  'assistance',
  'warned',
  'failed',
] as const
export const noCounts = (): Counts => Object.fromEntries(counted.map((key) => [key, 0])) as Counts

/** Programmes given to one person and not to the family. Named in domain facts 5. */
const personal = new Set(['PBI_JK', 'KIP', 'ATENSI', 'PERMAKANAN', 'YAPI', 'PENA'])

export function planBatch(units: readonly Unit[], standing: Standing, telling: Telling): Plan {
  const plan: Plan = { families: [], assistance: [], changes: [], remarks: [], counts: noCounts() }
  for (const unit of units) {
    const known = standing.family(unit)
    if (known) planKnown(plan, unit, known, standing, telling)
    else planNew(plan, unit, standing, telling)
  }
  return plan
}

const failAll = (plan: Plan, rows: readonly Told[], reason: Failure) => {
  for (const row of rows) plan.remarks.push([row.at, reason, -1])
}

// A family that is new ---------------------------------------------------------------------------------------------

function planNew(plan: Plan, unit: Unit, standing: Standing, telling: Telling): void {
  const rows = unit.rows.filter((row) => mayStand(plan, row, standing, telling))
  const [first] = rows
  if (!first) return
  const id = uuidv7()
  const persons: NewPerson[] = []
  const ids = new Map<Told, string>()
  let headId: string | undefined
  let payeeId: string | undefined
  for (const row of rows) {
    const mover = row.person.key ? standing.personByKey(row.person.key) : undefined
    const person: NewPerson = {
      id: mover?.id ?? uuidv7(),
      key: row.person.key,
      patch: { familyId: id, regionCode: first.regionCode, ...personPatch(row.person), status: statusOf(row.person) },
      sealed: sealedPatch(row.person),
    }
    if (row.regionCode !== first.regionCode) plan.remarks.push([row.at, 'place_differs', -1])
    if (row.person.relationship === 'head' && row.person.alive !== false) {
      if (headId === undefined) headId = person.id
      else plan.remarks.push([row.at, 'two_heads', -1])
    }
    if (row.person.payee && row.person.alive !== false) payeeId ??= person.id
    persons.push(person)
    ids.set(row, person.id)
  }
  const patch: Patch<FamilyState> = {
    ...familyPatch(unit.rows, telling),
    ...(headId !== undefined && { headId }),
    ...(payeeId !== undefined && { payeeId }),
    status: 'active',
  }
  warnOfKk(plan, first)
  const movers = new Set(
    rows.flatMap((row) => (row.person.key ? (standing.personByKey(row.person.key)?.id ?? []) : [])),
  )
  if (movers.size === 0) plan.families.push({ id, key: unit.key, patch, persons })
  else plan.changes.push(splitOff(id, unit.key, patch, persons, movers, rows, telling))
  plan.counts.familiesNew++
  plan.counts.personsNew += persons.length - movers.size
  plan.counts.personsChanged += movers.size
  addAssistance(
    plan,
    rows,
    id,
    first.regionCode,
    (row) => ids.get(row) ?? null,
    () => false,
    telling,
  )
}

/** A new family with somebody the register knows in another one: not loaded as new rows but told as a change. */
function splitOff(
  id: string,
  key: string,
  patch: Patch<FamilyState>,
  persons: readonly NewPerson[],
  movers: ReadonlySet<string>,
  rows: readonly Told[],
  telling: Telling,
): Plan['changes'][number] {
  const parts: (FamilyPart | PersonPart)[] = [
    { subject: 'family', subjectId: id, isNew: true, kind: 'registered', patch },
    ...persons.map((one): PersonPart => {
      const isNew = !movers.has(one.id)
      // Their own status stands; a person who comes takes over the region of the family.
      const { status: _status, regionCode: _region, ...moved } = one.patch
      return {
        subject: 'person',
        subjectId: one.id,
        kind: isNew ? 'registered' : 'family_split',
        patch: isNew ? one.patch : moved,
        ...(isNew && { isNew }),
        ...(one.sealed && { sealed: one.sealed }),
      }
    }),
  ]
  const keys: Key[] = [{ subject: 'family', id, key }]
  for (const one of persons)
    if (one.key && !movers.has(one.id)) keys.push({ subject: 'person', id: one.id, key: one.key })
  return { change: changeOf(telling, telling.asOf, parts), rows: rows.map((row) => row.at), keys }
}

const changeOf = (telling: Telling, effectiveOn: string, parts: Change['parts']): Change => ({
  id: uuidv7(),
  kind: 'surveyed',
  effectiveOn,
  source: 'import',
  sourceRef: telling.number,
  check: 'none',
  parts,
})

const warnOfKk = (plan: Plan, row: Told) => {
  if (row.kk && checkKk(row.kk).length > 0) plan.remarks.push([row.at, 'kk_doubt', -1])
}

/** False where the row's person is somebody whom this file may not touch; warns of a NIK that stands elsewhere. */
function mayStand(plan: Plan, row: Told, standing: Standing, telling: Telling): boolean {
  const same = row.person.key ? standing.personByKey(row.person.key) : undefined
  if (same) {
    const here = isWithin(same.regionCode, telling.regionCode)
    if (!here) plan.remarks.push([row.at, 'taken_elsewhere', -1])
    else if (same.status !== 'active') plan.remarks.push([row.at, 'status_closed', -1])
    return here && same.status === 'active'
  }
  if (row.person.nik && standing.hasNik(row.person.nik)) plan.remarks.push([row.at, 'nik_elsewhere', -1])
  return true
}

const statusOf = (person: ToldPerson): PersonState['status'] => (person.alive === false ? 'dead' : 'active')

function addAssistance(
  plan: Plan,
  rows: readonly Told[],
  familyId: string,
  regionCode: string,
  personOf: (row: Told) => string | null,
  isThere: (code: string, from: string | null, personId: string | null) => boolean,
  telling: Telling,
): number {
  const given = new Set<string>()
  for (const row of rows)
    for (const { code, from, to } of row.receives) {
      const personId = personal.has(code) ? personOf(row) : null
      const key = `${code}|${from ?? ''}|${personId ?? ''}`
      if (given.has(key) || isThere(code, from, personId)) continue
      given.add(key)
      plan.assistance.push({ id: uuidv7(), familyId, personId, regionCode, code, from: from ?? telling.asOf, to })
    }
  plan.counts.assistance += given.size
  return given.size
}

// A family that is there -------------------------------------------------------------------------------------------

function planKnown(plan: Plan, unit: Unit, family: KnownFamily, standing: Standing, telling: Telling): void {
  if (!isWithin(family.regionCode, telling.regionCode)) return failAll(plan, unit.rows, 'taken_elsewhere')
  if (family.status !== 'active') return failAll(plan, unit.rows, 'status_closed')
  const parts: (FamilyPart | PersonPart)[] = []
  const rows: Told[] = []
  const keys: Key[] = []
  if (family.key === null) keys.push({ subject: 'family', id: family.id, key: unit.key })
  const ids = new Map<Told, string>()
  // What the register knows of a later day is not undone by an older file.
  const older = telling.asOf < family.validFrom
  let headId: string | undefined
  let personsChanged = 0
  let personsNew = 0
  const taken = new Set<string>()
  for (const row of unit.rows) {
    const person = standing.person(row, family.id, taken)
    if (!person) {
      if (!mayStand(plan, row, standing, telling)) continue
      const id = uuidv7()
      const sealed = sealedPatch(row.person)
      const patch = {
        familyId: family.id,
        regionCode: family.regionCode,
        ...personPatch(row.person),
        status: statusOf(row.person),
      }
      parts.push({
        subject: 'person',
        subjectId: id,
        isNew: true,
        kind: 'registered',
        patch,
        ...(sealed && { sealed }),
      })
      if (row.person.key) keys.push({ subject: 'person', id, key: row.person.key })
      personsNew++
      if (row.person.relationship === 'head' && row.person.alive !== false) headId ??= id
      ids.set(row, id)
      rows.push(row)
      continue
    }
    if (!isWithin(person.regionCode, telling.regionCode)) {
      plan.remarks.push([row.at, 'taken_elsewhere', -1])
      continue
    }
    if (person.status !== 'active' && !(person.status === 'dead' && row.person.alive === false)) {
      plan.remarks.push([row.at, 'status_closed', -1])
      continue
    }
    taken.add(person.id)
    ids.set(row, person.id)
    rows.push(row)
    if (row.person.relationship === 'head' && row.person.alive !== false) headId ??= person.id
    const part =
      person.status === 'active' && telling.asOf >= person.validFrom ? personDifference(person, row, family.id) : null
    if (part) {
      parts.push(part)
      personsChanged++
    } else plan.counts.personsUnchanged++
  }
  if (rows.length === 0) return
  const difference = older ? {} : familyDifference(family, familyPatch(rows, telling), unit.key)
  if (!older && headId !== undefined && headId !== family.headId) difference.headId = headId
  const familyChanged = Object.keys(difference).length > 0
  if (familyChanged)
    parts.unshift({ subject: 'family', subjectId: family.id, kind: familyKind(difference), patch: difference })
  plan.counts.personsChanged += personsChanged
  plan.counts.personsNew += personsNew
  const helped = addAssistance(
    plan,
    rows,
    family.id,
    family.regionCode,
    (row) => ids.get(row) ?? null,
    (code, from, personId) => standing.receives(family.id, code, from, personId),
    telling,
  )
  if (parts.length === 0) {
    plan.counts[helped > 0 ? 'familiesChanged' : 'familiesUnchanged']++
    return
  }
  plan.counts.familiesChanged++
  const change = changeOf(telling, older ? family.validFrom : telling.asOf, parts)
  plan.changes.push({ change, rows: rows.map((row) => row.at), keys })
}
