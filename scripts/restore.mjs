/*
 *   PILAR_DATA=/srv/pilar/new npm run restore -- /safe/pilar-2026-11-21.tar.gz
 *
 * Into an empty data folder and a new database, then looks at the whole audit log. Everybody signs in again afterwards.
 * docs/howto/backup-and-restore.md.
 */
import path from 'node:path'
import { readConfig } from '#src/config.ts'
import { readHead, sealAudit, verifyAudit } from '#src/platform/audit/index.ts'
import { emptyAgain, reachNewAsOwner, refuseFilled, restoreBackup } from '#src/platform/backup/index.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { connect } from '#src/platform/db/index.ts'
import { giveUp, say } from './lib/say.mjs'

const given = process.argv[2]
if (!given) giveUp('Say which: npm run restore -- /safe/pilar.tar.gz')
const file = path.resolve(process.env.INIT_CWD ?? '.', given)

try {
  const config = readConfig()
  await refuseFilled(config.dataFolder)
  try {
    const database = await reachNewAsOwner(config, say)
    try {
      const { about } = await restoreBackup({
        ...database,
        dataFolder: config.dataFolder,
        secret: config.secret,
        file,
        onProgress: say,
      })
      say(`Restored as of ${about.takenAt}. Looking at the audit log …`)
      await verify(database.appUrl, about.head)
    } finally {
      await database.close()
    }
  } catch (error) {
    await emptyAgain(config.dataFolder)
    throw error
  }
} catch (error) {
  if (!(error instanceof CannotStart)) throw error
  giveUp(error.message)
}

/** What was restored stays in any case: a broken log is a finding and no reason to be without data. */
async function verify(/** @type {string} */ appUrl, /** @type {string | null} */ head) {
  const db = connect(appUrl, { max: 1 })
  try {
    await sealAudit(db)
    const anchor = head ? readHead(head) : undefined
    const { outcome, broken } = await verifyAudit(db, anchor ? { anchor } : {})
    if (outcome === 'intact') return say(`The audit log is whole, up to ${head ?? 'its beginning'}. Start Pilar now.`)
    console.error(`\nThe audit log is broken (${JSON.stringify(broken)}): it was so when the backup was taken.\n`)
    process.exitCode = 1
  } finally {
    await db.close()
  }
}
