import type { Db } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'

/**
 * What a job or loop is given to work with; files, the key material and the public address of the installation where the process has
 * them. Nothing personal goes into the log.
 */
export type Context = { db: Db; log: Log; signal: AbortSignal; files?: FileStore; secret?: Buffer; baseUrl?: string }

export type Log = {
  info(values: object, message: string): void
  warn(values: object, message: string): void
  error(values: object, message: string): void
}

/** Work that is done later, once, by any of the processes; tried again when it fails. `work` must bear a repetition. */
export type Job<Data extends object = object> = {
  kind: 'job'
  /** 'module.verb' */
  name: string
  /** cron with five fields in UTC; occurrences missed while no process ran are made up for once */
  schedule?: string
  /** after this a try counts as failed; 15 unless told */
  timeoutMinutes?: number
  /** tries after the first; 3 unless told */
  retries?: number
  /** before the second try, and twice as long before each after it; 5 unless told */
  retryAfterSeconds?: number
  /** How many may wait at once: one for a job on a schedule (a second says nothing new), else any number. */
  waiting?: 'one' | 'many'
  work: (context: Context, data: Data) => Promise<void>
}

/** Work done again and again in every process, `everySeconds` after its end. The work itself settles who does it. */
export type Loop = {
  kind: 'loop'
  name: string
  everySeconds: number
  work: (context: Context) => Promise<void>
}

export const defineJob = <Data extends object = object>(job: Omit<Job<Data>, 'kind'>): Job<Data> => ({
  kind: 'job',
  ...job,
})

export const defineLoop = (loop: Omit<Loop, 'kind'>): Loop => ({ kind: 'loop', ...loop })

// A worker takes the payload it was defined with, so a list of all of them must not look into it.
export type AnyJob = Job<never> | Loop
