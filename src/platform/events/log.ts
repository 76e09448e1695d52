import { sql } from 'kysely'
import type { Tx } from '#src/platform/db/index.ts'

/** A place in the log: the transaction that wrote an event, and the event's id. On the wire '8123.77'. */
export type Cursor = { xid: string; id: number }

export type LoggedEvent = Cursor & {
  at: Date
  kind: string
  subject: string
  subjectId: string
  regionCode: string | null
  officeId: string | null
  accountId: string | null
  data: Record<string, unknown>
}

type Row = {
  xid: string
  id: number
  at: Date
  kind: string
  subject: string
  subject_id: string
  region_code: string | null
  office_id: string | null
  account_id: string | null
  data: Record<string, unknown>
  settled: boolean
}

/**
 * The next events after a place, as far as their order is settled, and whether more lie behind that are not.
 *
 * Ids are given when a row is written and not when its transaction commits: 7 can become visible after 8, and who
 * remembers "I have read up to 8" never sees 7. So the log is read in the order (transaction, id), and only below the
 * oldest transaction that is still running (pg_snapshot_xmin): everything below is finished, and nothing can appear there
 * any more. A long transaction anywhere on the server holds events back; it loses none.
 *
 * Both answers come from one statement, that is from one snapshot. With two, a transaction ending between them would
 * make "nothing is held back" true after its events had been left out, and nobody would come back for them.
 */
export async function readEvents(
  tx: Tx,
  after: Cursor,
  limit: number,
): Promise<{ events: LoggedEvent[]; held: boolean }> {
  const { rows } = await sql<Row>`
    select e.xid::text, e.id, e.at, e.kind, e.subject, e.subject_id, e.region_code, e.office_id, e.account_id, e.data,
      e.xid < pg_snapshot_xmin(pg_current_snapshot()) as settled
    from event_log e
    where (e.xid, e.id) > (${after.xid}::xid8, ${after.id}::bigint) and e.xid < pg_snapshot_xmax(pg_current_snapshot())
    order by e.xid, e.id limit ${limit}`.execute(tx)
  return { events: rows.filter((row) => row.settled).map(present), held: rows.some((row) => !row.settled) }
}

/** Events in (after, upto] that the caller may see; `upto` must be a place that is settled. */
export async function readBetween(tx: Tx, after: Cursor, upto: Cursor, limit: number): Promise<LoggedEvent[]> {
  const { rows } = await sql<Row>`
    select e.xid::text, e.id, e.at, e.kind, e.subject, e.subject_id, e.region_code, e.office_id, e.account_id, e.data
    from event_log e
    where (e.xid, e.id) > (${after.xid}::xid8, ${after.id}::bigint)
      and (e.xid, e.id) <= (${upto.xid}::xid8, ${upto.id}::bigint)
    order by e.xid, e.id limit ${limit}`.execute(tx)
  return rows.map(present)
}

/** The place of now: all before it is settled, all that is still running comes after it. */
export async function getFrontier(tx: Tx): Promise<Cursor> {
  const { rows } = await sql<{ xid: string }>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`.execute(tx)
  return { xid: rows[0]?.xid ?? '0', id: 0 }
}

/** Events live pages can still resume from: older ones are gone, and a page that asks for them is told to start anew. */
const KEPT_DAYS = 3

/** Removes old events and remembers up to where. Returns how many. */
export async function pruneEvents(tx: Tx, at: Date, keptDays = KEPT_DAYS): Promise<number> {
  const before = new Date(at.getTime() - keptDays * 24 * 3_600_000)
  const { rows } = await sql<{ pruned: number }>`
    with gone as (
      delete from event_log where at < ${before} and xid < pg_snapshot_xmin(pg_current_snapshot()) returning xid, id
    ), last as (select xid, id from gone order by xid desc, id desc limit 1), kept as (
      update event_pruned p set xid = last.xid, id = last.id from last where (last.xid, last.id) > (p.xid, p.id)
    )
    select count(*) as pruned from gone`.execute(tx)
  return rows[0]?.pruned ?? 0
}

/** The last event that was removed. */
export async function getPruned(tx: Tx): Promise<Cursor> {
  const { rows } = await sql<Cursor>`select xid::text, id from event_pruned`.execute(tx)
  return rows[0] ?? { xid: '0', id: 0 }
}

export const writeCursor = ({ xid, id }: Cursor): string => `${xid}.${id}`

/** Reads '8123.77'; undefined for anything else. */
export function readCursor(text: string): Cursor | undefined {
  const [, xid, id] = /^([0-9]{1,19})\.([0-9]{1,15})$/.exec(text) ?? []
  return xid === undefined || id === undefined ? undefined : { xid, id: Number(id) }
}

/** Below 0: a lies before b. */
export function compareCursors(a: Cursor, b: Cursor): number {
  const [x, y] = [BigInt(a.xid), BigInt(b.xid)]
  return x < y ? -1 : x > y ? 1 : a.id - b.id
}

const present = (row: Row): LoggedEvent => ({
  xid: row.xid,
  id: row.id,
  at: row.at,
  kind: row.kind,
  subject: row.subject,
  subjectId: row.subject_id,
  regionCode: row.region_code,
  officeId: row.office_id,
  accountId: row.account_id,
  data: row.data,
})
