/*
 *   npm run backup -- /safe/pilar-2026-11-21.tar.gz     database, uploaded files and key in one archive, mode 600
 *
 * Beside a running Pilar or without one; for the embedded database and for one of DATABASE_URL with DATABASE_OWNER_URL.
 * How to keep it and bring it back: docs/howto/backup-and-restore.md.
 */
import path from 'node:path'
import { readConfig } from '#src/config.ts'
import { reachAsOwner, takeBackup } from '#src/platform/backup/index.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { giveUp, say } from './lib/say.mjs'

const given = process.argv[2]
if (!given) giveUp('Say where to: npm run backup -- /safe/pilar.tar.gz')
// npm changes into the project's folder; a name is meant from where it was typed.
const file = path.resolve(process.env.INIT_CWD ?? '.', given)

try {
  const config = readConfig()
  const database = await reachAsOwner(config, say)
  try {
    const taken = await takeBackup({
      ...database,
      dataFolder: config.dataFolder,
      secret: config.secret,
      file,
      onProgress: say,
    })
    say(`${file}: ${(taken.bytes / 1_000_000).toFixed(1)} MB, ${taken.rows} rows, ${taken.files} files`)
    if (taken.head) say(`Head of the audit log, to be written down elsewhere: ${taken.head}`)
    if (config.secret) say('The key is not in it, because it came from PILAR_SECRET: keep that too.')
    if (taken.missingFiles > 0) {
      console.error(
        `\n${taken.missingFiles} files that records refer to are not in ${config.dataFolder}/files. Is PILAR_DATA right?\n`,
      )
      process.exitCode = 1
    }
  } finally {
    await database.close()
  }
} catch (error) {
  if (!(error instanceof CannotStart)) throw error
  giveUp(error.message)
}
