import { localDay, isZoneId } from '#src/platform/calendar/index.ts'
import { forbidden } from '#src/platform/http/problem.ts'
import type { Change } from './change.ts'
import { currentOf, type Fields, holdingOn, inForceAt } from './fold.ts'
import { type Laid, refuse } from './lay.ts'
import { mayRecord, type Recorder } from './policy.ts'
import { activeMembers, type Part, type Subject, type WorkingSet } from './working-set.ts'

const sealedPpks = [16, 17, 19, 25]
/** Kinds that may touch somebody who is dead or merged: they put the register right. */
const puttingRight = new Set(['corrected', 'merged', 'duplicate'])

/** The day it is now in the latest zone that the change touches; WIB where it touches none. */
export function todayOf(set: WorkingSet, change: Change): string {
  const codes = change.parts.flatMap((part) => {
    const state = currentOf(set.subjects.get(part.subjectId)?.now.open ?? [])?.state
    return [part.patch?.regionCode, state?.['regionCode']].filter((one) => typeof one === 'string')
  })
  const zones = codes.map((code) => set.regions.get(code)?.zone ?? '').filter(isZoneId)
  const at = new Date(Math.floor(set.now / 1000))
  return [localDay(at, 'Asia/Jakarta'), ...zones.map((zone) => localDay(at, zone))].sort().at(-1) ?? ''
}

/** What can be said of a change before it is laid over anything. Throws a problem naming the field. */
export function checkBefore(set: WorkingSet, actor: Recorder, change: Change): void {
  const today = todayOf(set, change)
  if (change.effectiveOn > today) throw refuse('effectiveOn', 'future_day')
  if (change.reportedOn !== undefined) {
    if (change.reportedOn > today) throw refuse('reportedOn', 'future_day')
    if (change.reportedOn < change.effectiveOn) throw refuse('reportedOn', 'before_effective')
  }
  if (change.parts.length === 0) throw refuse('parts', 'required')
  const seen = new Set<string>()
  for (const [index, part] of change.parts.entries()) {
    const at = `parts.${index}`
    if (seen.has(part.subjectId)) throw refuse(`${at}.subjectId`, 'twice')
    seen.add(part.subjectId)
    checkPart(set, change, part, at)
    const subject = set.subjects.get(part.subjectId)
    const where = subject && currentOf(subject.now.open)?.state['regionCode']
    if (part.isNew) {
      const code = part.patch?.regionCode ?? regionOfFamily(set, change, part)
      if (code === undefined) throw refuse(`${at}.patch.regionCode`, 'required')
      if (!mayRecord(actor, code)) throw forbidden('register.record')
    } else if (typeof where !== 'string') throw refuse(`${at}.subjectId`, 'unknown')
    // Who may not touch it is told the same as if it were not there.
    else if (!mayRecord(actor, where)) throw refuse(`${at}.subjectId`, 'unknown')
  }
}

/** Somebody who is born or comes lives where the family lives. */
function regionOfFamily(set: WorkingSet, change: Change, part: Part): string | undefined {
  const id = part.subject === 'person' ? part.patch?.familyId : undefined
  if (!id) return undefined
  const made = change.parts.find((one) => one.isNew && one.subjectId === id)?.patch?.regionCode
  const stands = currentOf(set.subjects.get(id)?.now.open ?? [])?.state['regionCode']
  return made ?? (typeof stands === 'string' ? stands : undefined)
}

function checkPart(set: WorkingSet, change: Change, part: Part, at: string): void {
  const { patch } = part
  if (patch?.regionCode && set.regions.get(patch.regionCode)?.tier !== 'village')
    throw refuse(`${at}.patch.regionCode`, 'not_village')
  if (part.subject === 'person') {
    if (part.isNew && !part.patch?.name) throw refuse(`${at}.patch.name`, 'required')
    if (part.isNew && !part.patch?.status) throw refuse(`${at}.patch.status`, 'required')
    if (part.patch?.ppks?.some((kind) => sealedPpks.includes(kind))) throw refuse(`${at}.patch.ppks`, 'sealed_kind')
    if (part.sealed?.ppks?.some((kind) => !sealedPpks.includes(kind))) throw refuse(`${at}.sealed.ppks`, 'open_kind')
  } else if (part.isNew && !part.patch?.status) throw refuse(`${at}.patch.status`, 'required')
  const subject = set.subjects.get(part.subjectId)
  if (part.corrects !== undefined) {
    if (!subject?.events.some((one) => one.seq === part.corrects)) throw refuse(`${at}.corrects`, 'unknown')
    if (!inForceAt(subject.events, Infinity).some((one) => one.seq === part.corrects))
      throw refuse(`${at}.corrects`, 'taken_back')
  } else if (!part.isNew && subject) {
    const then = holdingOn(subject.now.open, change.effectiveOn)
    if (!then && currentOf(subject.now.open)) throw refuse('effectiveOn', 'before_registration')
    const status = then?.state['status']
    const kind = part.kind ?? change.kind
    if (part.subject === 'person' && (status === 'dead' || status === 'merged') && !puttingRight.has(kind))
      throw refuse(`${at}.subjectId`, status)
    if (part.subject === 'family' && status === 'merged' && !puttingRight.has(kind))
      throw refuse(`${at}.subjectId`, 'merged')
  }
}

/** What can be said only when it has been laid: nothing changed, the head is no member … Throws a problem naming the field. */
export function checkAfter(set: WorkingSet, actor: Recorder, change: Change, laid: Laid): void {
  const families = new Set<Subject>()
  for (const [index, part] of change.parts.entries()) {
    const at = `parts.${index}`
    const subject = set.subjects.get(part.subjectId)
    const state = currentOf(subject?.now.open ?? [])?.state
    if (!subject || !state) throw refuse(`${at}.corrects`, 'registration')
    if (part.subject === 'family') families.add(subject)
    if (part.subject === 'person' && part.patch?.familyId)
      joined(set, actor, change, part.patch.familyId, `${at}.patch.familyId`)
    if (state['status'] === 'merged' && part.subject === 'person' && state['mergedInto'] === undefined)
      throw refuse(`${at}.patch.mergedInto`, 'required')
    if (state['mergedInto'] !== undefined && state['status'] !== 'merged')
      throw refuse(`${at}.patch.status`, 'required')
    if (!touched(subject, laid.at) && !membershipChanges(laid, part.subjectId))
      throw refuse(part.corrects === undefined ? `${at}.patch` : `${at}.corrects`, 'no_change')
  }
  for (const { subject } of laid.events) {
    if (subject.subject === 'family') families.add(subject)
    for (const { state } of subject.now.open) {
      const family = typeof state['familyId'] === 'string' ? set.subjects.get(state['familyId']) : undefined
      if (family) families.add(family)
    }
  }
  for (const family of families) {
    const state = currentOf(family.now.open)?.state
    if (!state) continue
    const index = change.parts.findIndex((part) => part.subjectId === family.id)
    checkFamily(set, family, state, index < 0 ? '' : `parts.${index}.patch.`)
  }
}

function checkFamily(set: WorkingSet, family: Subject, state: Fields, at: string): void {
  const members = activeMembers(set, family.id)
  const named = (field: string) => (typeof state[field] === 'string' ? (state[field] as string) : null)
  if (members.length > 0 && (state['status'] === 'dissolved' || state['status'] === 'merged'))
    throw refuse(`${at}status`, 'inactive_family')
  // Of a family that came without a head (an import) none is asked for.
  const hadHead = family.stored.open.some((one) => one.state['headId'] !== undefined)
  const head = named('headId')
  if (head === null && hadHead && members.length > 0) throw refuse(`${at}headId`, 'head_needed')
  // Of a family that moved away as a whole the head stays known.
  const gone = state['status'] === 'moved_out' || state['status'] === 'not_found'
  if (head !== null && !members.includes(head) && !(gone && members.length === 0))
    throw refuse(`${at}headId`, head === currentOf(family.stored.open)?.state['headId'] ? 'head_needed' : 'not_member')
  const payee = named('payeeId')
  if (payee !== null && !members.includes(payee) && !(gone && members.length === 0))
    throw refuse(`${at}payeeId`, 'not_member')
}

function joined(set: WorkingSet, actor: Recorder, change: Change, familyId: string, field: string): void {
  const family = set.subjects.get(familyId)
  const state = currentOf(family?.now.open ?? [])?.state
  if (!family || family.subject !== 'family' || !state) throw refuse(field, 'unknown')
  if (!holdingOn(family.now.open, change.effectiveOn)) throw refuse('effectiveOn', 'before_registration')
  const existed = currentOf(family.stored.open)?.state['regionCode']
  if (typeof existed === 'string' && !mayRecord(actor, existed)) throw refuse(field, 'unknown')
  if (state['status'] === 'merged' || state['status'] === 'dissolved') throw refuse(field, 'inactive_family')
}

/** Something of it is believed since this moment, or not believed any more. */
const touched = (subject: Subject, at: number): boolean =>
  [...subject.now.open, ...subject.now.sealed].some((one) => one.knownFrom === at || one.knownTo === at)

/** A family may have an event without a patch where somebody comes or goes. */
const membershipChanges = (laid: Laid, familyId: string): boolean =>
  laid.events.some(
    ({ subject }) =>
      subject.subject === 'person' &&
      subject.now.open.some(
        (one) => one.state['familyId'] === familyId && (one.knownFrom === laid.at || one.knownTo === laid.at),
      ),
  )
