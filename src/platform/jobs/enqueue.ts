import { fromKysely, type PgBoss } from 'pg-boss'
import type { Tx } from '#src/platform/db/index.ts'
import type { Job } from './define.ts'

/** The queue this process knows; it only shapes the statement, the statement runs in the caller's transaction. */
let known: PgBoss | undefined

export const know = (boss: PgBoss | undefined): void => void (known = boss)
export const forget = (boss: PgBoss): void => void (known = known === boss ? undefined : known)

export type EnqueueOptions = {
  /** not before this moment */
  startAfter?: Date
  /** one waiting job of this name and key at a time, where the job allows one */
  key?: string
}

/**
 * Puts a job into the queue in the transaction of the write it belongs to: both happen or neither does.
 * Returns its id, or null where one like it waits already. Ids only in `data`, never personal data.
 */
export async function enqueue<Data extends object>(
  tx: Tx,
  job: Job<Data>,
  data: Data,
  options: EnqueueOptions = {},
): Promise<string | null> {
  if (!known) throw new Error(`Job ${job.name} cannot be enqueued before startJobs() has run in this process`)
  return known.send(job.name, data, {
    db: fromKysely(tx),
    ...(options.startAfter && { startAfter: options.startAfter }),
    ...(options.key !== undefined && { singletonKey: options.key }),
  })
}
