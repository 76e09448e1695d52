import { readConfig, type Config } from '#src/config.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { explainDatabaseFailure } from '#src/platform/db/failures.ts'
import { openEmbedded, openExternal } from '#src/platform/db/open.ts'
import { checkAddress } from '#src/platform/http/listen.ts'
import { progress } from '#src/platform/progress.ts'

/*
 * One process: database, migrations, regions, demonstration, jobs, HTTP and pages. What is opened is put on a stack and
 * closed in the opposite order, whether the end is Ctrl-C or a failure half way.
 */

const opened: { what: string; close: () => Promise<void> }[] = []
let ending: Promise<void> | undefined

async function start(config: Config): Promise<void> {
  await checkAddress(config)
  // Reading the program takes a second, in which the database can start, and what keeps it from starting is told at once.
  const reading = import('#src/serve.ts')
  reading.catch(() => {})
  const database = await openDatabase(config)
  opened.push({ what: 'database server', close: database.close })
  void database.ended.then((sentence) => end(1, sentence))
  const { serve } = await reading
  await serve({
    config,
    database,
    dev: process.argv.includes('--dev'),
    opened: (what, close) => void opened.push({ what, close }),
  })
}

function openDatabase({ database, dataFolder }: Config) {
  if (database.kind === 'embedded') {
    progress(`Starting the database in ${dataFolder}`)
    return openEmbedded(dataFolder, progress)
  }
  progress('Reaching the database')
  return openExternal(database.url, database.ownerUrl)
}

/** Closes everything once, in the opposite order; a sentence goes to the person who started it. */
function end(code: number, sentence?: string): Promise<void> {
  ending ??= (async () => {
    if (sentence) console.error(`\n${sentence}\n`)
    for (let last = opened.pop(); last; last = opened.pop()) {
      const { what, close } = last
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
  void end(0)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
// scripts/start.mjs was killed: nobody is left who could stop this process.
process.once('disconnect', () => void end(0))
process.channel?.unref()

try {
  await start(readConfig())
} catch (error) {
  // What fails because everything is being closed is no failure.
  if (ending) await ending
  const known = error instanceof CannotStart ? error : explainDatabaseFailure(error, 'the database')
  if (!known) console.error(error)
  await end(1, known?.message ?? 'Pilar could not start; the reason is above.')
}
