import { type FieldError, invalid } from '#src/platform/http/problem.ts'
import type { Change, EventKind } from './change.ts'
import { believedNow, currentOf, type Fields, type FoldEvent, holdingOn, timelineOf, type Version } from './fold.ts'
import { activeMembers, newSubject, noteFamilies, type Part, type Subject, type WorkingSet } from './working-set.ts'

/** An event as a change makes it; `part` is its place among the parts, null for one that follows from them. */
export type NewEvent = {
  subject: Subject
  event: FoldEvent
  kind: EventKind
  part: number | null
  /** region and family before, or of the beginning */
  regionCode: string
  familyId: string | null
}

/** What a change does to the subjects it touches; `undo` takes it out of the working set again. */
export type Laid = { at: number; events: NewEvent[]; undo: () => void }

/** A field of the change that keeps it from being recorded. */
export const refuse = (field: string, code: string, params?: FieldError['params']) =>
  invalid({ field, code, ...(params && { params }) })

/** A patch as it is stored: no undefined, no null inside answers (the database strips them when it compares). */
export function cleanPatch(patch: object | undefined): Fields {
  const clean: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(patch ?? {}))
    if (value !== undefined)
      clean[field] = field === 'answers' && value !== null ? cleanAnswers(value as Fields) : value
  return clean
}
const cleanAnswers = (answers: Fields): Fields =>
  Object.fromEntries(
    Object.entries(answers)
      .filter(([, value]) => value !== undefined)
      .map(([question, value]) => [question, withoutNull(value)]),
  )
function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNull)
  if (value && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, one]) => one !== null && one !== undefined)
        .map(([key, one]) => [key, withoutNull(one)]),
    )
  return value
}

const text = (state: Fields | undefined, field: string): string | null => {
  const value = state?.[field]
  return typeof value === 'string' ? value : null
}

/**
 * Lays a change over what it touches, as known from one moment on that lies after everything known of these subjects, and adds
 * what follows by itself: the family somebody leaves has it in its history; where nobody is left it is dissolved; the region of
 * a person is that of the family they live in at each time. `numbers`: of a change that waited, its events have theirs already.
 */
export function lay(set: WorkingSet, change: Change, numbers?: readonly number[]): Laid {
  const before = new Map<Subject, { events: FoldEvent[]; lastSeq: number; now: Subject['now'] }>()
  const laid: Laid = {
    at: set.now,
    events: [],
    undo: () => {
      for (const [subject, was] of before) Object.assign(subject, was)
      for (const subject of before.keys()) if (subject.lastSeq === 0) set.subjects.delete(subject.id)
    },
  }
  const keep = (subject: Subject) => {
    if (!before.has(subject))
      before.set(subject, { events: subject.events, lastSeq: subject.lastSeq, now: subject.now })
  }
  const add = (
    subject: Subject,
    part: number | null,
    given: Omit<FoldEvent, 'seq' | 'knownAt'>,
    kind: EventKind,
    seq?: number,
  ) => {
    keep(subject)
    const was = currentOf(subject.now.open)?.state
    const event: FoldEvent = { seq: seq ?? subject.lastSeq + 1, knownAt: laid.at, ...given }
    subject.lastSeq = Math.max(subject.lastSeq, event.seq)
    subject.events = [...subject.events, event]
    subject.now = timelineOf(subject.subject, subject.events)
    noteFamilies(set, subject)
    const then = holdingOn(subject.now.open, event.effectiveOn)?.state ?? currentOf(subject.now.open)?.state
    laid.events.push({
      subject,
      event,
      kind,
      part,
      regionCode: text(was, 'regionCode') ?? text(then, 'regionCode') ?? '',
      familyId: subject.subject === 'family' ? subject.id : (text(then, 'familyId') ?? text(was, 'familyId')),
    })
  }

  const subjects = change.parts.map((part, index) => subjectOf(set, part, index))
  for (const subject of [...subjects, ...familiesOf(set, change)])
    for (const { knownAt } of subject.events) laid.at = Math.max(laid.at, knownAt + 1)

  // Families first: a person who joins one takes over its region.
  const order = change.parts.map((part, index) => ({ part, index })).sort((a, b) => rank(a.part) - rank(b.part))
  for (const { part, index } of order) {
    const subject = subjects[index]
    if (!subject) continue
    add(
      subject,
      index,
      {
        effectiveOn: change.effectiveOn,
        corrects: part.corrects ?? null,
        patch: patchOf(set, part, change.effectiveOn),
        sealedPatch: 'sealed' in part && part.sealed ? cleanPatch(part.sealed) : null,
      },
      part.kind ?? change.kind,
      numbers?.[index],
    )
  }
  followLeaving(set, change, laid, before, add)
  followRegions(set, change, [...before.keys()], add)
  return laid
}

type Add = (subject: Subject, part: number | null, given: Omit<FoldEvent, 'seq' | 'knownAt'>, kind: EventKind) => void

const rank = (part: Part) => (part.subject === 'family' ? 0 : 1)

function subjectOf(set: WorkingSet, part: Part, index: number): Subject {
  const found = set.subjects.get(part.subjectId)
  if (part.isNew) {
    if (found && (found.exists || found.events.length > 0)) throw refuse(`parts.${index}.subjectId`, 'already_there')
    const subject = found ?? newSubject(part.subject, part.subjectId)
    set.subjects.set(subject.id, subject)
    return subject
  }
  if (!found || found.subject !== part.subject || !currentOf(found.now.open))
    throw refuse(`parts.${index}.subjectId`, 'unknown')
  return found
}

const familiesOf = (set: WorkingSet, change: Change): Subject[] =>
  change.parts.flatMap((part) => {
    const ids =
      part.subject === 'person'
        ? [
            part.patch?.familyId,
            ...(set.subjects.get(part.subjectId)?.now.open ?? []).map((one) => text(one.state, 'familyId')),
          ]
        : []
    return ids.flatMap((id) => {
      const family = id ? set.subjects.get(id) : undefined
      return family ? [family] : []
    })
  })

/** A new person without a region of their own begins with that of the family. */
function patchOf(set: WorkingSet, part: Part, day: string): Fields {
  const patch = cleanPatch(part.patch)
  if (part.subject === 'family' || patch['regionCode'] || typeof patch['familyId'] !== 'string') return patch
  const family = set.subjects.get(patch['familyId'])
  const regionCode = family && holdingOn(family.now.open, day)?.state['regionCode']
  return regionCode ? { ...patch, regionCode } : patch
}

/** Families that somebody leaves: it stands in their history, a payee who left is none, and without members they are dissolved. */
function followLeaving(
  set: WorkingSet,
  change: Change,
  laid: Laid,
  before: Map<Subject, { now: Subject['now'] }>,
  add: Add,
) {
  const left = new Set<string>()
  for (const [subject, was] of before) {
    if (subject.subject !== 'person') continue
    const old = currentOf(was.now.open)?.state
    const now = currentOf(subject.now.open)?.state
    const familyId = text(old, 'familyId')
    if (
      familyId &&
      old?.['status'] === 'active' &&
      (text(now, 'familyId') !== familyId || now?.['status'] !== 'active')
    )
      left.add(familyId)
  }
  for (const id of left) {
    const family = set.subjects.get(id)
    const state = currentOf(family?.now.open ?? [])?.state
    if (!family || !state) continue
    const members = activeMembers(set, id)
    const patch: Record<string, unknown> = {}
    // Of a family that moved away or was not found as a whole, head and payee stay known.
    if (state['status'] === 'active' || state['status'] === 'graduated') {
      const payee = text(state, 'payeeId')
      if (payee && !members.includes(payee)) patch['payeeId'] = null
      if (members.length === 0) {
        patch['status'] = 'dissolved'
        if (state['headId'] !== undefined) patch['headId'] = null
      }
    }
    const named = laid.events.some((one) => one.subject === family)
    if (named && Object.keys(patch).length === 0) continue
    // Not before the family says otherwise: a late report of a death does not end what was decided since.
    const since = currentOf(family.now.open)?.validFrom ?? change.effectiveOn
    const effectiveOn = Object.keys(patch).length > 0 && since > change.effectiveOn ? since : change.effectiveOn
    add(family, null, { effectiveOn, corrects: null, patch, sealedPatch: null }, change.kind)
  }
}

/** Adds what is missing so that each person lives, at each time and by the present belief, where the family of that time lives. */
function followRegions(set: WorkingSet, change: Change, touched: readonly Subject[], add: Add): void {
  const persons = new Set(
    touched.flatMap((one) => (one.subject === 'person' ? [one] : [...(set.lived.get(one.id) ?? [])])),
  )
  for (const person of persons) {
    // Each round mends the first day that differs, and what follows of it; the days only get later.
    for (;;) {
      const wrong = firstAstray(set, believedNow(person.now.open))
      if (!wrong) break
      const patch = { regionCode: wrong.regionCode }
      add(person, null, { effectiveOn: wrong.day, corrects: null, patch, sealedPatch: null }, change.kind)
    }
  }
}

function firstAstray(set: WorkingSet, spans: readonly Version[]): { day: string; regionCode: string } | undefined {
  for (const span of spans) {
    const familyId = text(span.state, 'familyId')
    const family = familyId ? set.subjects.get(familyId) : undefined
    if (!family) continue
    for (const where of believedNow(family.now.open)) {
      const day = where.validFrom > span.validFrom ? where.validFrom : span.validFrom
      const overlaps = (where.validTo === null || day < where.validTo) && (span.validTo === null || day < span.validTo)
      const regionCode = text(where.state, 'regionCode')
      if (overlaps && regionCode && regionCode !== span.state['regionCode']) return { day, regionCode }
    }
  }
  return undefined
}
