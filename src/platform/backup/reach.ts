import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Config } from '#src/config.ts'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { openEmbedded, openExternal } from '#src/platform/db/open.ts'
import { type Origin, withClient } from '#src/platform/db/owner.ts'

export type Reached = { ownerUrl: string; appUrl: string; origin: Origin; close: () => Promise<void> }

/** The database to back up: somebody else's, the embedded one that runs already, or the embedded one started for this. */
export async function reachAsOwner(config: Config, onProgress: (line: string) => void): Promise<Reached> {
  if (config.database.kind === 'external') return reachExternal(config.database)
  return (await runningEmbedded(config.dataFolder)) ?? asOwner(await openEmbedded(config.dataFolder, onProgress))
}

/** The database to restore into. The embedded one is made anew; the data folder is held meanwhile. */
export async function reachNewAsOwner(config: Config, onProgress: (line: string) => void): Promise<Reached> {
  if (config.database.kind === 'external') return reachExternal(config.database)
  return asOwner(await openEmbedded(config.dataFolder, onProgress))
}

const reachExternal = async (database: { url: string; ownerUrl: string | undefined }) =>
  asOwner(await openExternal(database.url, database.ownerUrl))

function asOwner(open: Awaited<ReturnType<typeof openEmbedded>>): Reached {
  const { ownerUrl, appUrl, origin, close } = open
  if (!ownerUrl)
    throw new CannotStart('The owner of the tables is needed for this: set DATABASE_OWNER_URL beside DATABASE_URL.')
  return { ownerUrl, appUrl, origin, close }
}

async function runningEmbedded(folder: string): Promise<Reached | undefined> {
  const remembered = await readFile(path.join(folder, 'postgres.json'), 'utf8').catch(() => undefined)
  if (!remembered) throw new CannotStart(`There is no database in ${folder}. Set PILAR_DATA, or DATABASE_URL.`)
  const { port, passwords } = JSON.parse(remembered) as {
    port: number
    passwords: { pilar_owner: string; pilar_app: string }
  }
  const url = (role: keyof typeof passwords) => `postgres://${role}:${passwords[role]}@127.0.0.1:${port}/pilar`
  const ownerUrl = url('pilar_owner')
  return withClient(ownerUrl, {}, async () => ({
    ownerUrl,
    appUrl: url('pilar_app'),
    origin: {},
    close: async () => {},
  })).catch(() => undefined)
}
