import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '#src/platform/db/embedded.ts'
import { runAs } from '#src/platform/db/embedded-binaries.ts'
import { scratch } from './scratch.ts'

const HOME = '/usr/lib/postgresql'

/** Where Debian keeps the programs of a major version, `undefined` if it is not installed. */
export function debianPostgres(major: number): string | undefined {
  const bin = path.join(HOME, String(major), 'bin')
  return existsSync(path.join(bin, 'postgres')) ? bin : undefined
}

/** A server of that version for this file; `url(user, database)` signs in without a password. Ended with the file. */
export async function startDebianPostgres(bin: string): Promise<(user: string, database: string) => string> {
  const folder = await mkdtemp(path.join(scratch, 'pilar-debian-'))
  const user = await runAs(folder)
  if ('uid' in user) await chown(folder, user.uid, user.gid)
  const cluster = path.join(folder, 'cluster')
  const made = spawnSync(
    path.join(bin, 'initdb'),
    [`--pgdata=${cluster}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'],
    { ...user, cwd: '/', encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(made.stderr)
  const port = await freePort()
  const settings = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off' }
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...user, cwd: '/', stdio: 'ignore' },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  after(async () => {
    server.kill('SIGQUIT')
    await ended
    await rm(folder, { recursive: true, force: true })
  })
  const url = (name: string, database: string) => `postgres://${name}@127.0.0.1:${port}/${database}`
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(url('postgres', 'postgres'))
    try {
      await client.connect()
      await client.end()
      return url
    } catch (error) {
      if (attempt > 200) throw error
      await sleep(50)
    }
  }
}
