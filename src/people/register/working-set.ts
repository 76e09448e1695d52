import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { conflict } from '#src/platform/http/problem.ts'
import type { Change, FamilyPart, PersonPart } from './change.ts'
import { currentOf, type Fields, type FoldEvent, timelineOf, type Timeline } from './fold.ts'

/** A family or a person while it is changed: its events so far, and what follows from them. */
export type Subject = {
  subject: 'family' | 'person'
  id: string
  /** has a row: something of it is in force */
  exists: boolean
  /** number of its last event, waiting and refused ones included */
  lastSeq: number
  events: FoldEvent[]
  /** numbers of its events that were in force when it was taken, and what followed from them */
  stored: Timeline
  now: Timeline
}

export type Member = { id: string; familyId: string; status: string }
export type Place = { tier: string; zone: string }

/** Everything that a batch of changes touches, locked, and read in as many queries whatever the number of changes. */
export type WorkingSet = {
  /** the moment of the transaction, in microseconds */
  now: number
  subjects: Map<string, Subject>
  /** rows that stand now, by the family they stand in */
  members: Map<string, Member[]>
  /** persons taken, by every family they are or were in: so that a change costs what it touches, however many come with it */
  lived: Map<string, Set<Subject>>
  regions: Map<string, Place>
}

export const emptyTimeline = (): Timeline => ({ open: [], sealed: [] })

export const newSubject = (subject: Subject['subject'], id: string): Subject => ({
  subject,
  id,
  exists: false,
  lastSeq: 0,
  events: [],
  stored: emptyTimeline(),
  now: emptyTimeline(),
})

type Reach = { families: string[]; persons: string[] }

/**
 * Takes what the changes touch for writing. Families are locked before persons, each in the order of their ids, so that two
 * changes wait for each other and never in a circle. A person is taken with every family they ever were in (a correction may
 * put them back), a family that moves with everybody who ever lived in it (their region follows).
 */
export async function takeForChange(tx: Tx, changes: readonly Change[]): Promise<WorkingSet> {
  let locked: Reach = { families: [], persons: [] }
  for (let round = 0; ; round++) {
    const reach = await reachOf(tx, changes)
    const held = new Set([...locked.families, ...locked.persons])
    const families = reach.families.filter((id) => !held.has(id))
    const persons = reach.persons.filter((id) => !held.has(id))
    if (round > 0 && families.length + persons.length === 0) break
    // Who came or went between the look and the lock is taken too; more than a few times means a crowd.
    if (round > 4) throw conflict('try_again')
    if (families.length > 0)
      await sql`select id from family where id = any (${families}) order by id for update`.execute(tx)
    if (persons.length > 0)
      await sql`select id from person where id = any (${persons}) order by id for update`.execute(tx)
    locked = reach
    if (reach.families.length + reach.persons.length === 0) break
  }
  return read(tx, locked, changes)
}

async function reachOf(tx: Tx, changes: readonly Change[]): Promise<Reach> {
  const families = new Set<string>()
  const moving = new Set<string>()
  const persons = new Set<string>()
  for (const part of changes.flatMap((one) => [...one.parts]))
    if (part.subject === 'family') {
      families.add(part.subjectId)
      if (!part.isNew && (part.corrects !== undefined || part.patch?.regionCode)) moving.add(part.subjectId)
    } else {
      if (!part.isNew) persons.add(part.subjectId)
      if (part.patch?.familyId) families.add(part.patch.familyId)
    }
  const { rows } = await sql<{ family_id: string | null; person_id: string | null }>`
    select family_id, null::uuid as person_id from person where id = any (${[...persons]}) and family_id is not null
    union select family_id, null from person_past
      where person_id = any (${[...persons]}) and known_to = 'infinity' and family_id is not null
    union select null, id from person where family_id = any (${[...moving]})
    union select null, person_id from person_past where family_id = any (${[...moving]}) and known_to = 'infinity'`.execute(
    tx,
  )
  for (const row of rows) {
    if (row.family_id) families.add(row.family_id)
    if (row.person_id) persons.add(row.person_id)
  }
  return { families: [...families].sort(), persons: [...persons].sort() }
}

type EventRow = {
  subject: Subject['subject']
  subject_id: string
  seq: number
  effective_on: string
  known_at: number | null
  corrects: number | null
  patch: Fields
  sealed_patch: Fields | null
}

async function read(tx: Tx, { families, persons }: Reach, changes: readonly Change[]): Promise<WorkingSet> {
  const ids = [...families, ...persons, ...newIds(changes)]
  const { rows: events } = await sql<EventRow>`
    select e.subject, e.subject_id, e.seq, e.effective_on, (extract(epoch from e.known_at) * 1000000)::bigint as known_at, e.corrects,
      e.patch, s.patch as sealed_patch
    from register_event e left join register_event_sealed s using (subject_id, seq)
    where e.subject_id = any (${ids}) order by e.subject_id, e.seq`.execute(tx)
  const { rows: members } = await sql<Member>`
    select id, family_id as "familyId", status from person where family_id = any (${families})`.execute(tx)
  const { rows: standing } = await sql<{ id: string; now: number }>`
    select id from family where id = any (${ids}) union all select id from person where id = any (${ids})`.execute(tx)
  const exist = new Set(standing.map((one) => one.id))

  const subjects = new Map<string, Subject>()
  for (const row of events) {
    const held = subjects.get(row.subject_id) ?? newSubject(row.subject, row.subject_id)
    subjects.set(row.subject_id, held)
    held.lastSeq = row.seq
    if (row.known_at !== null)
      held.events.push({
        seq: row.seq,
        effectiveOn: row.effective_on,
        knownAt: row.known_at,
        corrects: row.corrects,
        patch: row.patch,
        sealedPatch: row.sealed_patch,
      })
  }
  for (const held of subjects.values()) {
    held.exists = exist.has(held.id)
    held.stored = held.now = timelineOf(held.subject, held.events)
  }
  const codes = new Set([...subjects.values()].flatMap((one) => regionsOf(one)))
  for (const part of changes.flatMap((one) => [...one.parts]))
    if (part.patch?.regionCode) codes.add(part.patch.regionCode)
  const { rows: places } = await sql<{ code: string | null; tier: string; zone: string; now: number }>`
    select code, tier, time_zone as zone, now from (select (extract(epoch from acting_now()) * 1000000)::bigint as now) t
    left join region on code = any (${[...codes]})`.execute(tx)
  const set: WorkingSet = {
    now: places[0]?.now ?? 0,
    subjects,
    members: Map.groupBy(members, (one) => one.familyId),
    lived: new Map(),
    regions: new Map(places.flatMap(({ code, tier, zone }) => (code === null ? [] : [[code, { tier, zone }]]))),
  }
  for (const subject of subjects.values()) noteFamilies(set, subject)
  return set
}

/** Remembers in which families a person is or was. */
export function noteFamilies(set: WorkingSet, subject: Subject): void {
  if (subject.subject === 'family') return
  for (const { state } of subject.now.open) {
    const familyId = state['familyId']
    if (typeof familyId !== 'string') continue
    const lived = set.lived.get(familyId) ?? new Set()
    set.lived.set(familyId, lived.add(subject))
  }
}

const newIds = (changes: readonly Change[]) =>
  changes.flatMap((one) => one.parts.filter((part) => part.isNew).map((part) => part.subjectId))

const regionsOf = (held: Subject): string[] => {
  const code = currentOf(held.now.open)?.state['regionCode']
  return typeof code === 'string' ? [code] : []
}

/** Active members of a family as they stand after the changes so far. */
export function activeMembers(set: WorkingSet, familyId: string): string[] {
  const untouched = (set.members.get(familyId) ?? []).filter(
    (one) => one.status === 'active' && !set.subjects.has(one.id),
  )
  const touched = [...(set.lived.get(familyId) ?? [])].filter((one) => {
    const state = currentOf(one.now.open)?.state
    return state?.['familyId'] === familyId && state['status'] === 'active'
  })
  return [...untouched, ...touched].map((one) => one.id)
}

export type Part = FamilyPart | PersonPart
