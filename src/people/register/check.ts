import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'
import { conflict, forbidden, invalid, notFound, Problem } from '#src/platform/http/problem.ts'
import { cleanText } from '#src/platform/text/index.ts'
import type { Change, EventKind, Source } from './change.ts'
import { doubtsOf, standingOf } from './doubts.ts'
import { type Fields, instantOf } from './fold.ts'
import { isSystem, mayCheck, type Recorder } from './policy.ts'
import { actOf, asRegister, type Fresh, insertEvents, layChecked, type Recorded, recordActs, tell } from './record.ts'
import { writeVersions } from './rows.ts'
import { type Part, takeForChange } from './working-set.ts'

type WaitingRow = {
  subject: 'family' | 'person'
  subject_id: string
  seq: number
  kind: EventKind
  effective_on: string
  reported_on: string
  source: Source
  region_code: string
  state: string
  corrects: number | null
  patch: Fields
  sealed_patch: Fields | null
  recorded_by: string | null
  exists: boolean
}

/**
 * Somebody else than who recorded it says whether a change that waits counts. From this moment on it is known; if the register
 * went on meanwhile so that it no longer fits, the problem says which field.
 */
export async function checkChange(
  tx: Tx,
  actor: Recorder,
  changeId: string,
  verdict: { accept: boolean; reason?: string },
): Promise<Recorded> {
  const reason = verdict.reason === undefined ? '' : cleanText(verdict.reason)
  if (!verdict.accept && reason === '') throw invalid({ field: 'reason', code: 'required' })
  const seen = await tx.selectFrom('register_event').select('seq').where('change_id', '=', changeId).execute()
  const done = await asRegister(tx, actor, async (within) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${changeId}, 11))`.execute(within)
    const rows = await readWaiting(within, changeId)
    const [first] = rows
    if (
      !first ||
      (seen.length === 0 && !isSystem(actor) && !mayCheck(actor, { regionCode: first.region_code, recordedBy: null }))
    )
      throw notFound('change')
    if (first.state !== 'reported') throw conflict('already_checked')
    // The rest is about health: it is checked by whoever opened the family.
    if (seen.length < rows.length) throw new Problem(403, 'open_first')
    if (!rows.every((row) => mayCheck(actor, { regionCode: row.region_code, recordedBy: row.recorded_by })))
      throw forbidden('register.check')
    const by = isSystem(actor) ? null : actor.accountId
    if (!verdict.accept) {
      await sql`update register_event set state = 'refused', checked_by = ${by}, checked_at = acting_now(), check_reason = ${reason}
        where change_id = ${changeId}`.execute(within)
      const detail = { accepted: false, events: rows.length }
      return {
        recorded: recordedOf(changeId, 'refused', rows),
        act: { id: changeId, region: first.region_code, detail },
      }
    }
    const change = changeOf(changeId, rows)
    const set = await takeForChange(within, [change])
    const laid = layChecked(
      set,
      { role: 'system' },
      change,
      rows.map((row) => row.seq),
    )
    const fresh: Fresh = { change, laid, waits: false, reportedOn: first.reported_on }
    await sql`update register_event set state = 'in_force', known_at = ${instantOf(laid.at)}, checked_by = ${by}, checked_at = acting_now(),
        check_reason = ${reason || null} where change_id = ${changeId}`.execute(within)
    await insertEvents(within, actor, [fresh], (event) => event.part !== null)
    await writeVersions(within, set)
    await tell(within, [fresh])
    const act = actOf(fresh)
    const events = laid.events.map(({ subject, event }) => ({
      subject: subject.subject,
      subjectId: subject.id,
      seq: event.seq,
    }))
    const doubts = await doubtsOf(within, [...new Set(laid.events.map((one) => one.subject))].map(standingOf))
    return {
      recorded: { id: changeId, state: 'in_force' as const, repeated: false, events, doubts },
      act: { ...act, detail: { ...act.detail, accepted: true } },
    }
  })
  await recordActs(tx, 'check', [done.act], reason || null)
  return done.recorded
}

async function readWaiting(tx: Tx, changeId: string): Promise<WaitingRow[]> {
  const { rows } = await sql<WaitingRow>`
    select e.subject, e.subject_id, e.seq, e.kind, e.effective_on, e.reported_on, e.source, e.region_code, e.state, e.corrects, e.patch,
      s.patch as sealed_patch, e.recorded_by,
      exists (select from family f where f.id = e.subject_id) or exists (select from person p where p.id = e.subject_id) as exists
    from register_event e left join register_event_sealed s using (subject_id, seq)
    where e.change_id = ${changeId} order by e.subject, e.subject_id, e.seq`.execute(tx)
  return rows
}

const recordedOf = (id: string, state: Recorded['state'], rows: readonly WaitingRow[]): Recorded => ({
  id,
  state,
  repeated: false,
  events: rows.map((row) => ({ subject: row.subject, subjectId: row.subject_id, seq: row.seq })),
  doubts: [],
})

function changeOf(id: string, rows: readonly WaitingRow[]): Change {
  const [first] = rows
  if (!first) throw notFound('change')
  return {
    id,
    kind: first.kind,
    effectiveOn: first.effective_on,
    source: first.source,
    check: 'none',
    parts: rows.map(
      (row) =>
        ({
          subject: row.subject,
          subjectId: row.subject_id,
          kind: row.kind,
          patch: row.patch,
          ...(row.sealed_patch && { sealed: row.sealed_patch }),
          ...(row.corrects !== null && { corrects: row.corrects }),
          ...(!row.exists && { isNew: true }),
        }) as Part,
    ),
  }
}
