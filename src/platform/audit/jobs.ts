import { defineJob, defineLoop } from '#src/platform/jobs/index.ts'
import { getChainState, sealAudit, writeHead } from './seal.ts'
import { verifyAudit } from './verify.ts'

/** Gives entries their place in the chain within seconds; until then a deleted entry would leave no gap. */
const seal = defineLoop({
  name: 'audit.seal',
  everySeconds: 2,
  work: async ({ db, signal }) => void (await sealAudit(db, { signal })),
})

/** Every midnight in western Indonesia: the newest link goes to the log, outside the reach of who can write the database. */
const writeDown = defineJob({
  name: 'audit.head',
  schedule: '0 17 * * *',
  work: async ({ db, log }) => {
    const { head, sealed, waiting } = await db.asSystem('write the head of the audit chain down', getChainState)
    // Not "info": many installations write only warnings down, and this line must be there.
    log.warn({ head: head && writeHead(head), sealed, waiting }, 'audit chain head')
  },
})

/** Every night: the whole chain, so that a break is known before anybody asks. */
const verify = defineJob({
  name: 'audit.verify',
  schedule: '30 18 * * *',
  work: async ({ db, log, signal }) => {
    const { outcome, broken, head } = await verifyAudit(db, { signal })
    if (outcome === 'broken') log.error({ broken }, 'audit chain is broken')
    else log.info({ head: head && writeHead(head) }, 'audit chain is intact')
  },
})

export const auditJobs = [seal, writeDown, verify]
