import path from 'node:path'
import { buildApp } from '#src/app.ts'
import type { Config } from '#src/config.ts'
import { createDemonstration } from '#src/demonstration/index.ts'
import { loadTrustList } from '#src/distribution/index.ts'
import { jobs } from '#src/jobs.ts'
import { installationKey } from '#src/platform/data-folder.ts'
import { connect } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import type { OpenDatabase } from '#src/platform/db/open.ts'
import { openFileStore } from '#src/platform/files/index.ts'
import { drain, listen } from '#src/platform/http/listen.ts'
import { logSettings } from '#src/platform/http/log.ts'
import { mountDevWeb, mountWeb } from '#src/platform/http/web.ts'
import { setUpMessages } from '#src/platform/messages/index.ts'
import { startJobs } from '#src/platform/jobs/index.ts'
import { progress } from '#src/platform/progress.ts'
import { loadRegions } from '#src/regions/load.ts'

export type Serving = {
  config: Config
  database: OpenDatabase
  /** The pages from their sources, by Vite. */
  dev: boolean
  /** Called for everything that was opened; the last is closed first. */
  opened: (what: string, close: () => Promise<void>) => void
}

/** From an open database to served pages: migrations, regions, demonstration, jobs, HTTP. Prints the address. */
export async function serve({ config, database, dev, opened }: Serving): Promise<void> {
  const { appUrl, ownerUrl, origin } = database
  if (ownerUrl) {
    const ran = await migrate(ownerUrl, { origin })
    if (ran.length > 0) progress(`Database brought up to date by ${ran.length} migrations`)
    await loadRegions(ownerUrl, { onProgress: progress })
  }
  const db = connect(appUrl, { max: config.databaseConnections })
  opened('connections', db.close)
  const files = await openFileStore({ dir: path.join(config.dataFolder, 'files') })
  const secret = config.secret ?? (await installationKey(config.dataFolder))
  // While the demonstration is made nothing may go to its invented numbers, which may be somebody's.
  const silent = setUpMessages({ whatsapp: null, email: null }, secret, config.demonstration)
  const demonstration =
    config.demonstration &&
    (await createDemonstration({
      appUrl,
      secret,
      baseUrl: config.baseUrl,
      contacts: !config.messages.whatsapp && !config.messages.email,
      onProgress: progress,
    }))
  silent()
  const quiet = setUpMessages(config.messages, secret, config.demonstration)
  opened('messages', async () => quiet())

  const app = await buildApp({
    db,
    files,
    baseUrl: config.baseUrl,
    secret,
    oidc: config.oidc,
    spdci: config.spdci,
    voucherTrust: await loadTrustList(config.voucherTrust),
    whatsapp: config.messages.whatsapp,
    trustProxy: config.trustProxy,
    logger: logSettings(config.logLevel),
  })
  const working = await startJobs({ appUrl, db, jobs, files, secret, baseUrl: config.baseUrl, log: app.log })
  opened('jobs', working.stop)
  opened('web', () => drain(app))
  if (dev) await mountDevWeb(app)
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
