import { sql } from 'kysely'
import type { Actor, Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/http/problem.ts'
import { maskNik } from '../identity.ts'
import { evidenceNamed } from './evidence.ts'
import { requireOpening } from './opening.ts'
import { mayCheck } from './policy.ts'
import { asRegister } from './record.ts'
import type { EvidenceFile, HistoryChange } from './schema.ts'

type EventRow = {
  subject: 'family' | 'person'
  subject_id: string
  seq: number
  kind: HistoryChange['kind']
  change_id: string
  region_code: string
  effective_on: string
  reported_on: string
  recorded_at: Date
  known_at: Date | null
  state: HistoryChange['state']
  source: HistoryChange['source']
  source_ref: string | null
  note: string | null
  evidence: string[]
  recorded_by: string | null
  recorded_role: string
  checked_by: string | null
  checked_at: Date | null
  check_reason: string | null
  patch: Record<string, unknown>
  sealed_patch: Record<string, unknown> | null
  corrects: number | null
  taken_back: boolean
  name: string | null
}

/** Every act about a family and its people, the latest first, with what was reported, refused and taken back. */
export async function familyHistory(tx: Tx, actor: Actor, id: string): Promise<HistoryChange[]> {
  await requireOpening(tx, actor, id)
  return changesOf(tx, actor, sql`e.family_id = ${id}`)
}

/** One act with what it says, for whoever opened all of its families: what a checker looks at. */
export async function getChange(tx: Tx, actor: Actor, changeId: string): Promise<HistoryChange> {
  // Which families to open is known to the register even where the events themselves are sealed.
  const families = await asRegister(tx, actor, (within) =>
    within
      .selectFrom('register_event')
      .select('family_id')
      .distinct()
      .where('change_id', '=', changeId)
      .where('family_id', 'is not', null)
      .execute(),
  )
  if (families.length === 0) throw notFound('change')
  for (const { family_id } of families) if (family_id) await requireOpening(tx, actor, family_id)
  const [change] = await changesOf(tx, actor, sql`e.change_id = ${changeId}`)
  if (!change) throw notFound('change')
  return change
}

async function changesOf(tx: Tx, actor: Actor, which: ReturnType<typeof sql>): Promise<HistoryChange[]> {
  const { rows } = await sql<EventRow>`
    select e.subject, e.subject_id, e.seq, e.kind, e.change_id, e.region_code, e.effective_on, e.reported_on, e.recorded_at, e.known_at,
      e.state, e.source, e.source_ref, e.note, e.evidence, e.recorded_by, e.recorded_role, e.checked_by, e.checked_at, e.check_reason, e.patch,
      s.patch as sealed_patch, e.corrects,
      exists (select from register_event c where c.subject_id = e.subject_id and c.corrects = e.seq and c.state = 'in_force'
        and not exists (select from register_event d where d.subject_id = c.subject_id and d.corrects = c.seq and d.state = 'in_force')) as taken_back,
      coalesce(p.name, e.patch ->> 'name') as name
    from register_event e left join register_event_sealed s using (subject_id, seq) left join person p on p.id = e.subject_id
    where ${which} order by e.recorded_at desc, e.change_id desc, e.subject, e.subject_id, e.seq limit 1000`.execute(tx)
  const files = await evidenceNamed(
    tx,
    rows.flatMap((row) => row.evidence),
  )
  const names = await namesOf(
    tx,
    rows.flatMap((row) => row.checked_by ?? []),
  )
  const changes = new Map<string, HistoryChange>()
  for (const row of rows) {
    const change = changes.get(row.change_id) ?? begin(actor, row, { files, names })
    changes.set(row.change_id, change)
    change.mayCheck &&= checks(actor, row)
    change.events.push({
      subject: row.subject,
      subjectId: row.subject_id,
      name: row.subject === 'person' ? row.name : null,
      seq: row.seq,
      kind: row.kind,
      corrects: row.corrects,
      takenBack: row.taken_back,
      facts: masked(row.patch),
      sealed: row.sealed_patch,
    })
  }
  return [...changes.values()]
}

const checks = (actor: Actor, row: EventRow) =>
  row.state === 'reported' && mayCheck(actor, { regionCode: row.region_code, recordedBy: row.recorded_by })

/** Names of officers of the reader's own social offices; of others none is told. */
async function namesOf(tx: Tx, accounts: readonly string[]): Promise<Map<string, string>> {
  if (accounts.length === 0) return new Map()
  const { rows } = await sql<{ id: string; name: string }>`
    select id, name from colleague_names(${[...new Set(accounts)]})`.execute(tx)
  return new Map(rows.map((row) => [row.id, row.name]))
}

type Around = { files: ReadonlyMap<string, EvidenceFile>; names: ReadonlyMap<string, string> }
const begin = (actor: Actor, row: EventRow, { files, names }: Around): HistoryChange => ({
  changeId: row.change_id,
  kind: row.kind,
  effectiveOn: row.effective_on,
  reportedOn: row.reported_on,
  recordedAt: row.recorded_at.toISOString(),
  knownAt: row.known_at?.toISOString() ?? null,
  state: row.state,
  source: row.source,
  sourceRef: row.source_ref,
  note: row.note,
  evidence: row.evidence.length,
  files: row.evidence.flatMap((id) => files.get(id) ?? []),
  recordedRole: row.recorded_role,
  recordedByMe: row.recorded_by === actor.accountId,
  checkedBy: (row.checked_by && names.get(row.checked_by)) ?? null,
  checkedAt: row.checked_at?.toISOString() ?? null,
  checkReason: row.check_reason,
  mayCheck: checks(actor, row),
  events: [],
})

/** Numbers of people and cards are masked in the history as everywhere. */
const masked = (patch: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(patch).map(([field, value]) => [
      field,
      (field === 'nik' || field === 'kkNumber') && typeof value === 'string' ? maskNik(value) : value,
    ]),
  )
