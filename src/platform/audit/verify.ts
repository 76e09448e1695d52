import { type RawBuilder, sql } from 'kysely'
import { v7 as uuid } from 'uuid'
import type { Db, Tx } from '#src/platform/db/index.ts'
import type { Verification } from './schema.ts'
import type { Head } from './seal.ts'

/** Links or entries looked at in one transaction: about a second of work. */
export const SLICE = 50_000

/** Begins a verification of everything that is there now; nothing is looked at yet. */
export async function beginVerification(tx: Tx, anchor?: Head): Promise<Verification> {
  return one(
    tx,
    sql`select * from begin_verification(${uuid()}::uuid, ${anchor?.position ?? null}::bigint,
      ${anchor ? Buffer.from(anchor.hash, 'hex') : null}::bytea)`,
  )
}

/** Looks at the next slice; undefined when there is no such verification. Finished ones come back as they are. */
export async function continueVerification(tx: Tx, id: string, slice = SLICE): Promise<Verification | undefined> {
  return find(tx, sql`select * from continue_verification(${id}::uuid, ${slice}::integer) where id is not null`)
}

/** The newest verification that came to an end. */
export async function findLastVerification(tx: Tx): Promise<Verification | undefined> {
  return find(
    tx,
    sql`select * from audit_verification where outcome <> 'running' order by started_at desc, id desc limit 1`,
  )
}

/** The whole of it, as the system: each slice in a transaction of its own, so nothing is held open for long. */
export async function verifyAudit(
  db: Db,
  options: { anchor?: Head; slice?: number; onProgress?: (so_far: Verification) => void; signal?: AbortSignal } = {},
): Promise<Verification> {
  const why = 'verify the audit log'
  let verification = await db.asSystem(why, (tx) => beginVerification(tx, options.anchor))
  do {
    options.signal?.throwIfAborted()
    const { id } = verification
    const next = await db.asSystem(why, (tx) => continueVerification(tx, id, options.slice))
    if (!next) throw new Error(`verification ${id} is gone`)
    verification = next
    options.onProgress?.(verification)
  } while (verification.outcome === 'running')
  return verification
}

type Row = {
  id: string
  started_at: Date
  finished_at: Date | null
  actor_id: string | null
  upto_position: number
  upto_entry: number
  head: Buffer | null
  done_position: number
  done_entry: number
  outcome: Verification['outcome']
  broken_position: number | null
  broken_entry_id: number | null
  problem: Exclude<Verification['broken'], null>['problem'] | null
}

async function find(tx: Tx, query: RawBuilder<unknown>): Promise<Verification | undefined> {
  const { rows } = await query.execute(tx)
  const row = rows[0] as Row | undefined
  return row && present(row)
}

async function one(tx: Tx, query: RawBuilder<unknown>): Promise<Verification> {
  const found = await find(tx, query)
  if (!found) throw new Error('the database gave no verification')
  return found
}

const present = (row: Row): Verification => ({
  id: row.id,
  startedAt: row.started_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  outcome: row.outcome,
  links: row.upto_position,
  // Links are looked at first and entries after them; both are one way to a person who waits.
  done: row.done_position + row.done_entry,
  total: row.upto_position + row.upto_entry,
  head: row.head ? { position: row.upto_position, hash: row.head.toString('hex') } : null,
  broken: row.problem ? { position: row.broken_position, entryId: row.broken_entry_id, problem: row.problem } : null,
})
