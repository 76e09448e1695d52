import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { readConfig } from '#src/config.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { connect } from '#src/platform/db/index.ts'
import { openEmbedded, openExternal } from '#src/platform/db/open.ts'
import { withClient } from '#src/platform/db/owner.ts'
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
  const database = await reach()
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

/** A database of somebody else's, the embedded one that runs already, or the embedded one started for this. */
async function reach(): Promise<{ url: string; close: () => Promise<void> }> {
  const config = readConfig()
  if (config.database.kind === 'external') {
    const open = await openExternal(config.database.url, config.database.ownerUrl)
    return { url: open.appUrl, close: open.close }
  }
  const running = await runningEmbedded(config.dataFolder)
  if (running) return { url: running, close: async () => {} }
  const open = await openEmbedded(config.dataFolder, () => {})
  return { url: open.appUrl, close: open.close }
}

async function runningEmbedded(folder: string): Promise<string | undefined> {
  const remembered = await readFile(path.join(folder, 'postgres.json'), 'utf8').catch(() => undefined)
  if (!remembered) throw new CannotStart(`There is no database in ${folder}. Set PILAR_DATA, or DATABASE_URL.`)
  const { port, passwords } = JSON.parse(remembered) as { port: number; passwords: { pilar_app: string } }
  const url = `postgres://pilar_app:${passwords.pilar_app}@127.0.0.1:${port}/pilar`
  return withClient(url, {}, async () => url).catch(() => undefined)
}

process.exitCode = await run().catch((error: unknown) => {
  console.error(error instanceof CannotStart ? error.message : error)
  return 2
})
