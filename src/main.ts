import path from 'node:path'
import { buildApp } from '#src/app.ts'
import { readConfig, type Config } from '#src/config.ts'
import { createDemonstration } from '#src/demonstration/index.ts'
import { auditJobs } from '#src/platform/audit/index.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { installationKey } from '#src/platform/data-folder.ts'
import { explainDatabaseFailure } from '#src/platform/db/failures.ts'
import { connect } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { openEmbedded, openExternal } from '#src/platform/db/open.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { checkAddress, drain, listen } from '#src/platform/http/listen.ts'
import { logSettings } from '#src/platform/http/log.ts'
import { mountDevWeb, mountWeb } from '#src/platform/http/web.ts'
import { startJobs } from '#src/platform/jobs/index.ts'
import { progress } from '#src/platform/progress.ts'
import { loadRegions } from '#src/regions/load.ts'

/*
 * One process: database, migrations, regions, demonstration, jobs, HTTP and pages. What is opened is put on a stack and
 * closed in the opposite order, whether the end is Ctrl-C or a failure half way.
 */

type Open = { what: string; close: () => Promise<void> }
const opened: Open[] = []
let ending: Promise<void> | undefined

async function start(config: Config): Promise<void> {
  await checkAddress(config)
  const { database } = config
  progress(database.kind === 'embedded' ? `Starting the database in ${config.dataFolder}` : 'Reaching the database')
  const open =
    database.kind === 'embedded'
      ? await openEmbedded(config.dataFolder, progress)
      : await openExternal(database.url, database.ownerUrl)
  opened.push({ what: 'database server', close: open.close })
  void open.ended.then((sentence) => end(1, sentence))

  if (open.ownerUrl) {
    const ran = await migrate(open.ownerUrl, { origin: open.origin })
    if (ran.length > 0) progress(`Database brought up to date by ${ran.length} migrations`)
    await loadRegions(open.ownerUrl, { onProgress: progress })
  }
  const db = connect(open.appUrl, { max: config.databaseConnections })
  opened.push({ what: 'connections', close: db.close })
  const files = await openFileStore({ dir: path.join(config.dataFolder, 'files') })
  const secret = config.secret ?? (await installationKey(config.dataFolder))

  const demonstration = config.demonstration
    ? await createDemonstration({ appUrl: open.appUrl, secret, onProgress: progress })
    : undefined

  const app = await buildApp({
    db,
    files,
    baseUrl: config.baseUrl,
    secret,
    oidc: config.oidc,
    trustProxy: config.trustProxy,
    logger: logSettings(config.logLevel),
  })
  const jobs = await startJobs({ appUrl: open.appUrl, db, jobs: auditJobs, log: app.log })
  opened.push({ what: 'jobs', close: jobs.stop })
  opened.push({ what: 'web', close: () => drain(app) })
  if (process.argv.includes('--dev')) await mountDevWeb(app)
  else await mountWeb(app, { buildDir: path.resolve(import.meta.dirname, '../build/web') })
  const port = await listen(app, config)
  progress('Ready')
  console.log(`\n  Pilar is at ${config.baseUrl.replace(/:0$/, `:${port}`)}\n`)
  if (demonstration) console.log(accountTable(demonstration))
}

function accountTable({ accounts, password }: Awaited<ReturnType<typeof createDemonstration>>): string {
  const width = Math.max(...accounts.map((account) => account.username.length))
  const lines = accounts.map(({ username, what }) => `    ${username.padEnd(width)}   ${what}`)
  return `  Demonstration accounts, all with the password ${password}\n\n${lines.join('\n')}\n`
}

/** Closes everything once, in the opposite order; a sentence goes to the person who started it. */
function end(code: number, sentence?: string): Promise<void> {
  ending ??= (async () => {
    if (sentence) console.error(`\n${sentence}\n`)
    for (const { what, close } of opened.reverse()) {
      await close().catch((error: unknown) => console.error(`Closing the ${what} failed:`, error))
    }
    process.exit(code)
  })()
  return ending
}

let asked = 0
function onSignal(): void {
  const now = Date.now()
  // One Ctrl-C may arrive twice, from the terminal and from npm.
  if (asked && now - asked < 1000) return
  if (asked) {
    console.error('Ending at once.')
    process.exit(130)
  }
  asked = now
  progress('Ending: finishing what is under way (Ctrl-C again to end at once)')
  void end(0).then(() => {})
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
// scripts/start.mjs was killed: nobody is left who could stop this process.
process.once('disconnect', () => void end(0))
process.channel?.unref()

const config = await Promise.try(readConfig).catch(async (error: unknown) => giveUp(error))
await start(config).catch((error: unknown) => giveUp(error))

async function giveUp(error: unknown): Promise<never> {
  // What fails because everything is being closed is no failure.
  if (ending) return ending as Promise<never>
  const known = error instanceof CannotStart ? error : explainDatabaseFailure(error, 'the database')
  if (!known) console.error(error)
  await end(1, known?.message ?? 'Pilar could not start; the reason is above.')
  throw error
}
