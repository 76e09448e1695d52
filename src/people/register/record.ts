import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { withinAsSystem } from '#src/platform/db/within.ts'
import { Problem } from '#src/platform/http/problem.ts'
import type { Change, EventKind } from './change.ts'
import { type Doubt, doubtsOf, type Standing, standingOf } from './doubts.ts'
import { instantOf } from './fold.ts'
import { type Laid, lay, type NewEvent } from './lay.ts'
import { authorizeChange, isSystem, type Recorder } from './policy.ts'
import { writeLastNumbers, writeVersions } from './rows.ts'
import { checkAfter, checkBefore, todayOf } from './rules.ts'
import { takeForChange, type WorkingSet } from './working-set.ts'

export type RecordedEvent = { subject: 'family' | 'person'; subjectId: string; seq: number }
/** What became of a change. `repeated`: it had been recorded before, nothing happened now. */
export type Recorded = {
  id: string
  state: 'in_force' | 'reported' | 'refused'
  repeated: boolean
  events: RecordedEvent[]
  doubts: Doubt[]
}

/** Hears of what came into force, in the transaction of the change and as the system: linkage, campaigns, subscriptions. */
export type Listener = (tx: Tx, told: { changeIds: string[]; families: string[]; persons: string[] }) => Promise<void>
const listeners = new Set<Listener>()
/** Asks to be told of every change that comes into force; the answer takes it back. */
export function onRegisterChange(listener: Listener): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** One act that changes the register: all of it, or nothing. Throws a problem that names the field. */
export async function recordChange(tx: Tx, actor: Recorder, change: Change): Promise<Recorded> {
  const [recorded] = await record(tx, actor, [change], () => '')
  if (!recorded) throw new Error('no change was recorded')
  return recorded
}

/** Many acts in the given order, in as many statements as one; all of them, or nothing. Fields of problems begin with `changes.N.`. */
export async function recordChanges(tx: Tx, actor: Recorder, changes: readonly Change[]): Promise<Recorded[]> {
  return changes.length === 0 ? [] : record(tx, actor, changes, (index) => `changes.${index}.`)
}

async function record(
  tx: Tx,
  actor: Recorder,
  changes: readonly Change[],
  prefix: (index: number) => string,
): Promise<Recorded[]> {
  for (const change of changes) authorizeChange(actor, change)
  // What has been sealed is folded without being shown, and members follow their family wherever it goes; who may set this
  // going was settled by the policy, place by place, in the rules.
  const done = await asRegister(tx, actor, async (within) => {
    // The same act sent twice at once: the second waits and finds what the first made.
    for (const { id } of changes.length > 20 ? [] : changes.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
      await sql`select pg_advisory_xact_lock(hashtextextended(${id}, 11))`.execute(within)
    const before = await recordedBefore(within, changes)
    const set = await takeForChange(
      within,
      changes.filter((one) => !before.has(one.id)),
    )
    const fresh: Fresh[] = []
    const stand = new Map<string, Standing>()
    const all = changes.map((change, index): Recorded => {
      const known = before.get(change.id)
      if (known) return known
      const laid = named(prefix(index), () => layChecked(set, actor, change))
      const one = {
        change,
        laid,
        waits: change.check === 'needed',
        reportedOn: change.reportedOn ?? todayOf(set, change),
      }
      for (const { subject } of laid.events) stand.set(subject.id, standingOf(subject))
      if (one.waits) wait(one)
      fresh.push(one)
      const recorded = recordedOf(one)
      before.set(change.id, { ...recorded, repeated: true })
      return recorded
    })
    await insertEvents(within, actor, fresh)
    await writeVersions(within, set)
    await writeLastNumbers(within, [
      ...new Set(fresh.filter((one) => one.waits).flatMap((one) => one.laid.events.map((e) => e.subject))),
    ])
    const inForce = fresh.filter((one) => !one.waits)
    await tell(within, inForce)
    const doubts = await doubtsOf(within, [...stand.values()])
    for (const recorded of all) {
      const ids = new Set(recorded.events.map((one) => one.subjectId))
      recorded.doubts = doubts.filter((one) => ids.has(one.subjectId))
    }
    return { all, acts: fresh.map((one) => actOf(one)) }
  })
  await recordActs(tx, 'register', done.acts)
  return done.all
}

/** The rest of somebody's transaction with the eyes of the register itself. */
export const asRegister = <T>(tx: Tx, actor: Recorder, work: (tx: Tx) => Promise<T>): Promise<T> =>
  isSystem(actor) ? work(tx) : withinAsSystem(tx, 'register: record a change', work)

export type Fresh = { change: Change; laid: Laid; waits: boolean; reportedOn: string }

/** Puts the number of the change before the fields of a problem. */
function named<T>(prefix: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (prefix && error instanceof Problem && error.errors.length > 0)
      throw new Problem(
        error.status,
        error.code,
        error.params,
        error.errors.map((one) => ({ ...one, field: `${prefix}${one.field}` })),
      )
    throw error
  }
}

/** Lays a change over the working set if the rules let it. */
export function layChecked(set: WorkingSet, actor: Recorder, change: Change, numbers?: readonly number[]): Laid {
  checkBefore(set, actor, change)
  const laid = lay(set, change, numbers)
  checkAfter(set, actor, change, laid)
  return laid
}

/** What waits has been tried and has no effect yet: only the numbers of its own events stay taken. */
function wait(one: Fresh): void {
  const own = one.laid.events.filter((event) => event.part !== null)
  one.laid.undo()
  one.laid.events = own
  for (const { subject, event } of own) subject.lastSeq = Math.max(subject.lastSeq, event.seq)
}

const recordedOf = ({ change, laid, waits }: Fresh): Recorded => ({
  id: change.id,
  state: waits ? 'reported' : 'in_force',
  repeated: false,
  events: laid.events.map(({ subject, event }) => ({
    subject: subject.subject,
    subjectId: subject.id,
    seq: event.seq,
  })),
  doubts: [],
})

async function recordedBefore(tx: Tx, changes: readonly Change[]): Promise<Map<string, Recorded>> {
  const rows = await tx
    .selectFrom('register_event')
    .select(['change_id', 'subject', 'subject_id', 'seq', 'state'])
    .where(
      'change_id',
      'in',
      changes.map((one) => one.id),
    )
    .orderBy('subject_id')
    .orderBy('seq')
    .execute()
  const found = new Map<string, Recorded>()
  for (const row of rows) {
    const one = found.get(row.change_id) ?? {
      id: row.change_id,
      state: row.state as Recorded['state'],
      repeated: true,
      events: [],
      doubts: [],
    }
    one.events.push({ subject: row.subject as RecordedEvent['subject'], subjectId: row.subject_id, seq: row.seq })
    found.set(row.change_id, one)
  }
  return found
}

let sealedKinds: Promise<Set<string>> | undefined
/** Kinds whose very name is health or the like; written by migrations, so read once. */
const readSealedKinds = (tx: Tx) =>
  (sealedKinds ??= tx
    .selectFrom('register_event_kind')
    .select('code')
    .where('sealed', '=', true)
    .execute()
    .then((rows) => new Set(rows.map((one) => one.code)))
    .catch((error: unknown) => {
      sealedKinds = undefined
      throw error
    }))

const isEmpty = (patch: object) => Object.keys(patch).length === 0

/** Writes the events of changes; `numbered` leaves out those that were written when they were reported. */
export async function insertEvents(
  tx: Tx,
  actor: Recorder,
  fresh: readonly Fresh[],
  numbered: (event: NewEvent) => boolean = () => false,
): Promise<void> {
  const sealed = await readSealedKinds(tx)
  const hidden = await sealedBefore(tx, fresh)
  const rows = fresh.flatMap(({ change, laid, waits, reportedOn }) =>
    laid.events
      .filter((one) => !numbered(one))
      .map((one) => ({
        subject_id: one.subject.id,
        seq: one.event.seq,
        subject: one.subject.subject,
        kind: one.kind,
        change_id: change.id,
        family_id: one.familyId,
        region_code: one.regionCode,
        effective_on: one.event.effectiveOn,
        reported_on: reportedOn,
        source: change.source,
        source_ref: change.sourceRef ?? null,
        state: waits ? 'reported' : 'in_force',
        known_at: waits ? null : instantOf(laid.at),
        patch: one.event.patch,
        sealed:
          sealed.has(one.kind) ||
          (one.event.sealedPatch !== null && isEmpty(one.event.patch)) ||
          (one.event.corrects !== null && hidden.has(`${one.subject.id}/${one.event.corrects}`)),
        sealed_patch: one.event.sealedPatch,
        corrects: one.event.corrects,
        evidence: change.evidence ?? [],
        note: change.note ?? null,
        recorded_by: isSystem(actor) ? null : actor.accountId,
        recorded_role: actor.role,
      })),
  )
  if (rows.length === 0) return
  await sql`insert into register_event (subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source,
      source_ref, state, known_at, patch, sealed, corrects, evidence, note, recorded_by, recorded_role)
    select subject_id, seq, subject, kind, change_id, family_id, region_code, effective_on, reported_on, source,
      source_ref, state, known_at, patch, sealed, corrects, evidence, note, recorded_by, recorded_role
    from jsonb_populate_recordset(null::register_event, ${JSON.stringify(rows)}::jsonb)`.execute(tx)
  const secret = rows.filter((one) => one.sealed_patch !== null).map((one) => ({ ...one, patch: one.sealed_patch }))
  if (secret.length > 0)
    await sql`insert into register_event_sealed (subject_id, seq, family_id, region_code, patch)
      select subject_id, seq, family_id, region_code, patch
      from jsonb_populate_recordset(null::register_event_sealed, ${JSON.stringify(secret)}::jsonb)`.execute(tx)
}

/** Of the events that are corrected, those whose kind nobody sees without having opened the family: '<subject>/<seq>'. */
async function sealedBefore(tx: Tx, fresh: readonly Fresh[]): Promise<Set<string>> {
  const corrected = fresh.flatMap(({ laid }) => laid.events.filter((one) => one.event.corrects !== null))
  if (corrected.length === 0) return new Set()
  const rows = await tx
    .selectFrom('register_event')
    .select(['subject_id', 'seq'])
    .where(
      'subject_id',
      'in',
      corrected.map((one) => one.subject.id),
    )
    .where('sealed', '=', true)
    .execute()
  return new Set(rows.map((one) => `${one.subject_id}/${one.seq}`))
}

export async function tell(tx: Tx, inForce: readonly Fresh[]): Promise<void> {
  if (inForce.length === 0) return
  const subjects = new Set(inForce.flatMap((one) => one.laid.events.map((event) => event.subject)))
  const idsOf = (kind: 'family' | 'person') => [...subjects].filter((one) => one.subject === kind).map((one) => one.id)
  const told = { changeIds: inForce.map((one) => one.change.id), families: idsOf('family'), persons: idsOf('person') }
  for (const listener of listeners) await listener(tx, told)
}

export type Act = { id: string; region: string; detail: Record<string, string | number | boolean> }

const openKinds: ReadonlySet<EventKind> = new Set([
  'registered',
  'surveyed',
  'corrected',
  'moved_within',
  'family_split',
  'family_joined',
])

/** One change in the audit log: how much, where, and the digest of its events. Nothing of what they say. */
export function actOf({ change, laid, waits }: Fresh): Act {
  const rows = laid.events.map(({ subject, event, kind }) => [
    subject.id,
    event.seq,
    kind,
    event.effectiveOn,
    event.corrects,
    event.patch,
    event.sealedPatch,
  ])
  return {
    id: change.id,
    region: laid.events[0]?.regionCode ?? '00',
    detail: {
      // Births, deaths and illness of a family card say much even without a name.
      kind: openKinds.has(change.kind) ? change.kind : 'changed',
      events: rows.length,
      source: change.source,
      waits,
      sha256: createHash('sha256').update(JSON.stringify(rows)).digest('hex'),
    },
  }
}

export async function recordActs(
  tx: Tx,
  act: string,
  acts: readonly Act[],
  reason: string | null = null,
): Promise<void> {
  if (acts.length === 0) return
  await sql`select record_act(${act}, 'register_change', id, region, detail, ${reason})
    from jsonb_to_recordset(${JSON.stringify(acts)}::jsonb) as r (id text, region text, detail jsonb)`.execute(tx)
}
