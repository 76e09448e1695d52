import { type JobResult, PgBoss } from 'pg-boss'
import type { Db } from '#src/platform/db/index.ts'
import type { FileStore } from '#src/platform/files/index.ts'
import type { AnyJob, Context, Job, Log, Loop } from './define.ts'
import { forget, know } from './enqueue.ts'
import { SCHEMA } from './install.ts'

export type StartJobs = {
  /** what the application connects as; the queue has two connections of its own, and one that listens */
  appUrl: string
  db: Db
  jobs: readonly AnyJob[]
  /** for jobs that read or remove what people sent */
  files?: FileStore
  /** for jobs that sign, and what they sign says who gave it out */
  secret?: Buffer
  baseUrl?: string
  log?: Log
  /** false: this process only puts jobs into the queue, others work */
  work?: boolean
}

export type RunningJobs = {
  /** Lets what is under way come to its end (10 s), then closes. What was cut off is tried again by another process. */
  stop(): Promise<void>
}

const quiet: Log = { info() {}, warn() {}, error() {} }

/** Starts the queue in this process, beside any number of others on the same database. Needs `migrate` to have run. */
export async function startJobs({
  appUrl,
  db,
  jobs,
  files,
  secret,
  baseUrl,
  log = quiet,
  work = true,
}: StartJobs): Promise<RunningJobs> {
  const given = {
    db,
    log,
    ...(files && { files }),
    ...(secret && { secret }),
    ...(baseUrl !== undefined && { baseUrl }),
  }
  const boss = new PgBoss({
    connectionString: appUrl,
    application_name: 'pilar-jobs',
    schema: SCHEMA,
    max: 2,
    migrate: false,
    createSchema: false,
    supervise: work,
    schedule: work,
    reindex: false,
    monitorVacuum: false,
    useListenNotify: work,
  })
  boss.on('error', (error) => log.error({ err: error.message }, 'job queue'))
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'job queue'))
  await boss.start()
  try {
    const queued = jobs.filter((one): one is Job<never> => one.kind === 'job')
    for (const job of queued) await prepare(boss, job)
    if (work) {
      for (const job of queued) await attend(boss, job, given)
      await dropOldSchedules(boss, queued)
    }
  } catch (error) {
    await boss.stop({ graceful: false })
    throw error
  }
  know(boss)
  const loops = work ? jobs.filter((one) => one.kind === 'loop').map((loop) => repeat(loop, given)) : []
  let stopped: Promise<void> | undefined
  return {
    stop: () =>
      (stopped ??= (async () => {
        await Promise.all([...loops.map((end) => end()), boss.stop({ graceful: true, timeout: 10_000 })])
        forget(boss)
      })()),
  }
}

/** Woken by the commit that enqueues; looked for now and then besides, for what was due later or is tried again. */
const fetching = {
  batchSize: 5,
  perJobResults: true,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 5,
  notifyPollingIntervalSeconds: 5,
} as const

async function prepare(boss: PgBoss, job: Job<never>): Promise<void> {
  const options = {
    retryLimit: job.retries ?? 3,
    retryDelay: job.retryAfterSeconds ?? 5,
    retryBackoff: job.retryAfterSeconds !== 0,
    expireInSeconds: (job.timeoutMinutes ?? 15) * 60,
    // a process that was killed is noticed after this, and its jobs go to another
    heartbeatSeconds: 60,
    deleteAfterSeconds: 7 * 24 * 3600,
    notify: true,
  }
  const waiting = job.waiting ?? (job.schedule ? 'one' : 'many')
  await boss.createQueue(job.name, { ...options, policy: waiting === 'one' ? 'short' : 'standard' })
  await boss.updateQueue(job.name, options)
}

async function attend(boss: PgBoss, job: Job<never>, given: Omit<Context, 'signal'>): Promise<void> {
  await boss.work<never>(job.name, fetching, async (batch) => {
    const results: JobResult[] = []
    for (const { id, data, signal } of batch) {
      try {
        await job.work({ ...given, signal }, data)
        results.push({ id, status: 'completed' })
      } catch (error) {
        given.log.error({ job: job.name, id, err: said(error) }, 'job failed')
        results.push({ id, status: 'failed', output: { err: said(error) } })
      }
    }
    return results
  })
  if (job.schedule) await boss.schedule(job.name, job.schedule, null, { tz: 'UTC', missed: 'once' })
}

/** What a former release had on its schedule would otherwise pile up without a worker. */
async function dropOldSchedules(boss: PgBoss, jobs: Job<never>[]): Promise<void> {
  const wanted = new Set(jobs.filter((job) => job.schedule).map((job) => job.name))
  for (const { name } of await boss.getSchedules()) if (!wanted.has(name)) await boss.unschedule(name)
}

/** Runs the loop until the returned function is called, which waits for the turn under way. */
function repeat(loop: Loop, given: Omit<Context, 'signal'>): () => Promise<void> {
  const ending = new AbortController()
  const { promise: ended, resolve: wake } = Promise.withResolvers<void>()
  // A database that is away would otherwise fill the log with the same line every few seconds.
  let failing = false
  const turns = (async () => {
    while (!ending.signal.aborted) {
      try {
        await loop.work({ ...given, signal: ending.signal })
        if (failing) given.log.warn({ job: loop.name }, 'loop works again')
        failing = false
      } catch (error) {
        if (!ending.signal.aborted && !failing) given.log.error({ job: loop.name, err: said(error) }, 'loop failed')
        failing = true
      }
      const { promise: pause, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, loop.everySeconds * 1000)
      await Promise.race([pause, ended])
      clearTimeout(timer)
    }
  })()
  return async () => {
    ending.abort()
    wake()
    await turns
  }
}

/** The kind of failure and its code; the text of a database error may quote a row. */
const said = (error: unknown) => {
  if (!(error instanceof Error)) return 'not an Error'
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? `${error.name} ${code}` : `${error.name}: ${error.message}`
}
