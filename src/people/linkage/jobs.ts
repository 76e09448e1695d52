import type { Tx } from '#src/platform/db/index.ts'
import { defineJob, defineLoop, enqueue } from '#src/platform/jobs/index.ts'
import { checkWaiting, watchRegister } from './check-person.ts'
import { askForScan, runScan } from './scan.ts'

watchRegister()

/** The whole register against itself. A million people take minutes; what was cut off goes on when it is tried again. */
export const scanJob = defineJob<{ scanId?: string }>({
  name: 'linkage.scan',
  schedule: '30 18 * * 6',
  timeoutMinutes: 240,
  retries: 10,
  work: async ({ db, log, signal }, { scanId }) => {
    const id = scanId ?? (await db.asSystem('linkage: the weekly search', (tx) => askForScan(tx, null)))
    await runScan(db, id, signal)
    log.info({ scan: id }, 'the register was searched for people who are there twice')
  },
})

const queueScan = async (tx: Tx): Promise<void> => {
  await enqueue(tx, scanJob, { scanId: await askForScan(tx, null) })
}

/** Whoever is new or changed, within seconds. */
const waiting = defineLoop({
  name: 'linkage.waiting',
  everySeconds: 2,
  work: async ({ db, signal }) => {
    while (!signal.aborted && (await checkWaiting(db, queueScan)) > 0);
  },
})

export const linkageJobs = [scanJob, waiting]
