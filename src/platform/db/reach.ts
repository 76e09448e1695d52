import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { openEmbedded, openExternal } from './open.ts'
import { withClient } from './owner.ts'

type Where = {
  database: { kind: 'embedded' } | { kind: 'external'; url: string; ownerUrl: string | undefined }
  dataFolder: string
}

/**
 * The database for a command that works beside a running Pilar and without one: somebody else's, the embedded one that
 * runs already, or the embedded one started for this. `url` is what the application connects as.
 */
export async function reachDatabase(config: Where): Promise<{ url: string; close: () => Promise<void> }> {
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
