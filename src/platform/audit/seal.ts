import { sql } from 'kysely'
import type { Db, Tx } from '#src/platform/db/index.ts'

/** Where the chain stands. Hashes are 64 hexadecimal digits. */
export type ChainState = { sealed: number; waiting: number; head: Head | null }
/** The newest link: written down outside the database it proves that nothing before it was changed. */
export type Head = { position: number; hash: string }

/** Entries sealed in one transaction: about half a second of work, so that a stop is never kept waiting. */
const BATCH = 20_000

/**
 * Gives every waiting entry its place in the chain and returns how many got one. Any number of processes may do this at
 * once: the database lets one of them work.
 */
export async function sealAudit(db: Db, options: { batch?: number; signal?: AbortSignal } = {}): Promise<number> {
  const batch = options.batch ?? BATCH
  let total = 0
  for (;;) {
    const sealed = await db.asSystem('seal the audit log', async (tx) => {
      const { rows } = await sql<{ sealed: number }>`select seal_audit(${batch}) as sealed`.execute(tx)
      return rows[0]?.sealed ?? 0
    })
    total += sealed
    if (sealed < batch || options.signal?.aborted) return total
  }
}

/** For auditors and for the system itself. */
export async function getChainState(tx: Tx): Promise<ChainState> {
  const { rows } = await sql<{ sealed: number; waiting: number; head_position: number | null; head: Buffer | null }>`
    select * from audit_chain_state()`.execute(tx)
  const [row] = rows
  return {
    sealed: row?.sealed ?? 0,
    waiting: row?.waiting ?? 0,
    head: row?.head && row.head_position ? { position: row.head_position, hash: row.head.toString('hex') } : null,
  }
}

export const writeHead = (head: Head): string => `${head.position}:${head.hash}`

/** Reads '1234:<64 hexadecimal digits>'; undefined for anything else. */
export function readHead(text: string): Head | undefined {
  const [, position, hash] = /^([1-9][0-9]{0,15}):([0-9a-fA-F]{64})$/.exec(text) ?? []
  return position && hash ? { position: Number(position), hash: hash.toLowerCase() } : undefined
}
