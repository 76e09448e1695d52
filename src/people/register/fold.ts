import { isDeepStrictEqual } from 'node:util'

/*
 * What is held and was believed of a family or a person, from its events alone. Pure: no database, no clock.
 *
 * An event counts from the moment it is known, for the time from its effective day on. Events are laid over each other in the
 * order (effective day, known at, number). A correction takes an earlier event back from the moment the correction is known;
 * if the correction is itself taken back later, the earlier event counts again.
 */

export type Fields = Readonly<Record<string, unknown>>

/** An event that is in force. `knownAt` in microseconds since 1970, the precision of the database; days 'YYYY-MM-DD'. */
export type FoldEvent = {
  seq: number
  effectiveOn: string
  knownAt: number
  corrects: number | null
  patch: Fields
  sealedPatch: Fields | null
}

/** A rectangle: `state` holds from `validFrom` until before `validTo`, believed from `knownFrom` until before `knownTo`. null: no end. */
export type Version = {
  validFrom: string
  validTo: string | null
  knownFrom: number
  knownTo: number | null
  state: Fields
}
export type Timeline = {
  open: Version[]
  /** Of persons: the sealed state in `state.state`, beside `familyId` and `regionCode` of that time. Empty without sealed patches. */
  sealed: Version[]
}

type Span = { from: string; to: string | null; state: Fields }

const emptyState = { family: { answers: {} }, person: { answers: {}, ppks: [] } }
const emptySealed: Fields = { answers: {}, chronicIllnesses: [], disabilities: [], ppks: [] }
/** Without these there is nothing to hold yet: an event that lies before the registration waits for it. */
const needed = { family: ['regionCode', 'status'], person: ['regionCode', 'status', 'name'] }

/** null takes a field away; `answers` is merged question by question. */
export function applyPatch(state: Fields, patch: Fields): Fields {
  const next: Record<string, unknown> = { ...state }
  for (const [field, value] of Object.entries(patch))
    if (field === 'answers')
      next['answers'] = value === null ? {} : applyPatch((state['answers'] ?? {}) as Fields, value as Fields)
    else if (value === null && (field === 'ppks' || field === 'disabilities' || field === 'chronicIllnesses'))
      next[field] = []
    else if (value === null || value === undefined) delete next[field]
    else next[field] = value
  return next
}

/** The events that count at a moment: known by then, and not taken back by a correction that counts itself. */
export function inForceAt(events: readonly FoldEvent[], at: number): FoldEvent[] {
  const known = events.filter((one) => one.knownAt <= at)
  const taken = new Set<number>()
  // A correction is younger than what it corrects, so from the youngest on each is decided before what it corrects.
  for (const one of known.toSorted((a, b) => b.seq - a.seq))
    if (one.corrects !== null && !taken.has(one.seq)) taken.add(one.corrects)
  return known
    .filter((one) => !taken.has(one.seq))
    .sort((a, b) =>
      a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : a.knownAt - b.knownAt || a.seq - b.seq,
    )
}

/** What holds from which day on, as believed at one moment; the last span has no end. */
function spansOf(subject: 'family' | 'person', counting: readonly FoldEvent[]): { open: Span[]; sealed: Span[] } {
  const open: Span[] = []
  const sealed: Span[] = []
  let state: Fields = emptyState[subject]
  let hidden: Fields | null = null
  counting.forEach((event, index) => {
    state = applyPatch(state, event.patch)
    if (event.sealedPatch) hidden = applyPatch(hidden ?? emptySealed, event.sealedPatch)
    if (counting[index + 1]?.effectiveOn === event.effectiveOn) return
    if (!needed[subject].every((field) => state[field] !== undefined)) return
    lay(open, event.effectiveOn, state)
    if (hidden)
      lay(sealed, event.effectiveOn, {
        ...(state['familyId'] !== undefined && { familyId: state['familyId'] }),
        regionCode: state['regionCode'],
        state: hidden,
      })
  })
  return { open, sealed }
}

function lay(spans: Span[], from: string, state: Fields): void {
  const last = spans.at(-1)
  if (last && isDeepStrictEqual(last.state, state)) return
  if (last) last.to = from
  spans.push({ from, to: null, state })
}

/** Every version of a subject: current, past, and no longer believed. */
export function timelineOf(subject: 'family' | 'person', events: readonly FoldEvent[]): Timeline {
  const timeline: Timeline = { open: [], sealed: [] }
  for (const at of [...new Set(events.map((one) => one.knownAt))].sort((a, b) => a - b)) {
    const spans = spansOf(subject, inForceAt(events, at))
    timeline.open = believe(timeline.open, spans.open, at)
    timeline.sealed = believe(timeline.sealed, spans.sealed, at)
  }
  return timeline
}

/** From `at` on the spans are believed: versions that say the same go on, the others end, what is new begins. */
function believe(versions: readonly Version[], spans: readonly Span[], at: number): Version[] {
  const left = new Set(spans)
  const next = versions.map((version) => {
    if (version.knownTo !== null) return version
    for (const span of left)
      if (
        span.from === version.validFrom &&
        span.to === version.validTo &&
        isDeepStrictEqual(span.state, version.state)
      ) {
        left.delete(span)
        return version
      }
    return { ...version, knownTo: at }
  })
  for (const span of left)
    next.push({ validFrom: span.from, validTo: span.to, knownFrom: at, knownTo: null, state: span.state })
  return next
}

/** The version that holds now and is believed now: what stands in the tables `family`, `person`, `person_sealed`. */
export const currentOf = (versions: readonly Version[]): Version | undefined =>
  versions.find((one) => one.validTo === null && one.knownTo === null)

/** What is believed now, in the order of the days it holds from. */
export const believedNow = (versions: readonly Version[]): Version[] =>
  versions.filter((one) => one.knownTo === null).sort((a, b) => (a.validFrom < b.validFrom ? -1 : 1))

/** What holds on a day, by the present belief. */
export const holdingOn = (versions: readonly Version[], day: string): Version | undefined =>
  versions.find((one) => one.knownTo === null && one.validFrom <= day && (one.validTo === null || day < one.validTo))

/** Microseconds since 1970 as the database reads them. */
export function instantOf(micros: number): string {
  const millis = Math.floor(micros / 1000)
  return new Date(millis).toISOString().replace('Z', `${String(micros - millis * 1000).padStart(3, '0')}Z`)
}
