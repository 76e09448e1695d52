import { parseArgs } from 'node:util'
import { readConfig } from '#src/config.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { connect } from '#src/platform/db/index.ts'
import { reachDatabase } from '#src/platform/db/reach.ts'
import type { Verification } from './schema.ts'
import { readHead, sealAudit, writeHead } from './seal.ts'
import { verifyAudit } from './verify.ts'

/*
 *   npm run audit:verify                                   is everything as it was sealed?
 *   npm run audit:verify -- --head 1234:<64 hex digits>    … and does the chain hold the link written down back then?
 *
 * Works beside a running Pilar and without one. Exit code 0: intact, 1: broken, 2: could not look.
 */

const problems = {
  gap: 'a link is missing',
  missing: 'the entry is gone',
  changed: 'the entry is not what was sealed',
  unsealed: 'the entry was never sealed and does not wait to be',
  waiting: 'the entry has waited for more than an hour: no process seals',
  head: 'the chain does not hold the link that was written down',
} as const

async function run(): Promise<number> {
  const { values } = parseArgs({ options: { head: { type: 'string' } } })
  const anchor = values.head === undefined ? undefined : readHead(values.head)
  if (values.head !== undefined && !anchor) {
    console.error('--head must be a position, a colon and 64 hexadecimal digits, as the log of the server shows it.')
    return 2
  }
  const database = await reachDatabase(readConfig())
  const db = connect(database.url, { max: 1 })
  try {
    await sealAudit(db)
    const verification = await verifyAudit(db, { ...(anchor && { anchor }), onProgress: tell })
    if (process.stderr.isTTY) process.stderr.write('\r')
    return report(verification)
  } finally {
    await db.close()
    await database.close()
  }
}

function report({ broken, head, links }: Verification): number {
  if (broken) {
    const where = [
      broken.position !== null && `position ${broken.position}`,
      broken.entryId !== null && `entry ${broken.entryId}`,
    ].filter(Boolean)
    console.log(`broken at ${where.join(', ')}: ${problems[broken.problem]}`)
    return 1
  }
  console.log('utuh')
  if (head) console.log(`${links} links, head ${writeHead(head)}`)
  return 0
}

function tell({ done, total }: Verification): void {
  if (process.stderr.isTTY && total > 0) process.stderr.write(`\r${Math.floor((done / total) * 100)} %`)
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof CannotStart ? error.message : error)
  return 2
})
