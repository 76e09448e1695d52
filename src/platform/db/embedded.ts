import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CannotStart } from '#src/platform/cannot-start.ts'
import { diskFull, makeWritable } from '#src/platform/data-folder.ts'
import { type Binaries, canEnter, findBinaries, REACHABLE_HOME, runAs, type RunAs } from './embedded-binaries.ts'
import { stopLeftover } from './embedded-leftover.ts'
import { embeddedSettings } from './embedded-settings.ts'

/*
 * Pilar starts `initdb` and `postgres` of the npm package itself and not through the wrapper class of that package: we
 * want a log file, a server outside our process group (Ctrl-C must reach Pilar first, and the database last), and a
 * server left behind by `kill -9` found again.
 */

const VERSION = '18'

export type EmbeddedOptions = {
  /** Holds `postgres/` (the cluster), `postgres.json` (port and passwords, mode 600) and `postgres.log`. */
  folder: string
  /** false in tests only: nothing is flushed to disk. */
  durable?: boolean
  onProgress?: (line: string) => void
}

export type EmbeddedServer = {
  port: number
  pid: number
  passwords: Passwords
  /** A connection string on loopback. */
  url(role: keyof Passwords, database: string): string
  /** Resolves with a sentence if the server ends without having been asked to. */
  ended: Promise<string>
  /** `fast` writes a checkpoint first; `immediate` does not, and the next start recovers. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
}

export type Passwords = { postgres: string; pilar_owner: string; pilar_app: string }
type Remembered = { port: number; passwords: Passwords }

/** Makes the cluster on the first run, starts the server, and returns when it takes connections. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const onProgress = options.onProgress ?? (() => {})
  const durable = options.durable ?? true
  const asRoot = process.getuid?.() === 0
  await makeFolder(options.folder, asRoot)
  const folder = await realpath(options.folder)
  const cluster = path.join(folder, 'postgres')
  const log = path.join(folder, 'postgres.log')
  const user = await runAs(cluster)
  const binaries = await findBinaries(user, onProgress)
  const remembered = await remember(folder)
  await stopLeftover(cluster, onProgress)
  if (!(await exists(cluster)))
    await initialise({ folder, cluster, user, binaries, durable, onProgress, password: remembered.passwords.postgres })
  await checkVersion(cluster)
  await rotate(log)

  for (let attempt = 1; ; attempt++) {
    const port = (await isFree(remembered.port)) ? remembered.port : await freePort()
    const server = await launch({ binaries, user, cluster, log, port, durable, onProgress })
    if ('failure' in server) {
      // A port can be taken between our look and the bind; orphaned backends of a killed server need a moment to go.
      if (attempt < 5 && /Address already in use|shared memory block .* still in use/s.test(server.failure)) {
        await sleep(attempt * 500)
        continue
      }
      throw explainFailure(server.failure, log)
    }
    if (port !== remembered.port) await save(folder, { ...remembered, port })
    return {
      ...server,
      port,
      passwords: remembered.passwords,
      url: (role, database) => `postgres://${role}:${remembered.passwords[role]}@127.0.0.1:${port}/${database}`,
    }
  }
}

async function makeFolder(folder: string, asRoot: boolean): Promise<void> {
  await makeWritable(folder)
  // As root another user runs PostgreSQL and must get through; the files with secrets are 600 in any case.
  if (asRoot) await chmod(folder, 0o711)
}

async function remember(folder: string): Promise<Remembered> {
  const file = path.join(folder, 'postgres.json')
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Remembered
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new CannotStart(
        `${file} cannot be read. It holds the passwords of the database in that folder: bring it back from a backup.`,
        { cause: error },
      )
    }
    if (await exists(path.join(folder, 'postgres'))) {
      throw new CannotStart(
        `${file} is missing. It holds the passwords of the database in that folder: bring it back from a backup.`,
      )
    }
  }
  const password = () => randomBytes(24).toString('base64url')
  const fresh = {
    port: await freePort(),
    passwords: { postgres: password(), pilar_owner: password(), pilar_app: password() },
  }
  await save(folder, fresh)
  return fresh
}

async function save(folder: string, remembered: Remembered): Promise<void> {
  const file = path.join(folder, 'postgres.json')
  await writeFile(`${file}.new`, `${JSON.stringify(remembered, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

type Initialising = {
  folder: string
  cluster: string
  user: RunAs
  binaries: Binaries
  durable: boolean
  password: string
  onProgress: (line: string) => void
}

/** Works in a folder beside the final one and renames at the end: a first run that was killed leaves nothing half made. */
async function initialise({
  folder,
  cluster,
  user,
  binaries,
  durable,
  password,
  onProgress,
}: Initialising): Promise<void> {
  let home = folder
  if ('uid' in user && !canEnter(folder, user)) {
    await mkdir(REACHABLE_HOME, { recursive: true, mode: 0o755 })
    home = await mkdtemp(path.join(REACHABLE_HOME, 'data-'))
    await chmod(home, 0o711)
    onProgress(`PostgreSQL may not run as root and its user cannot enter ${folder}: the database lies in ${home}`)
  }
  const fresh = path.join(home, 'postgres.new')
  const secret = await mkdtemp(path.join(tmpdir(), 'pilar-'))
  const passwordFile = path.join(secret, 'password')
  try {
    await rm(fresh, { recursive: true, force: true })
    await mkdir(fresh, { mode: 0o700 })
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
    if ('uid' in user) for (const name of [fresh, secret, passwordFile]) await chown(name, user.uid, user.gid)
    const made = spawnSync(
      binaries.initdb,
      [
        `--pgdata=${fresh}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The builtin provider sorts and folds case the same on every machine and after every upgrade of its libc.
        '--locale=C.UTF-8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: home, encoding: 'utf8', env: { ...process.env, LC_ALL: 'C', LANG: 'C' } },
    )
    if (made.status !== 0)
      throw explainFailure(`${made.stdout}\n${made.stderr}\n${made.error?.message ?? ''}`, 'initdb')
    const final = path.join(home, 'postgres')
    await rename(fresh, final)
    if (home !== folder) await symlink(final, cluster)
  } finally {
    await rm(secret, { recursive: true, force: true })
  }
}

async function checkVersion(cluster: string): Promise<void> {
  const version = (await readFile(path.join(cluster, 'PG_VERSION'), 'utf8').catch(() => '?')).trim()
  if (version !== VERSION) {
    throw new CannotStart(
      `${cluster} is not a database of PostgreSQL ${VERSION} (its version: ${version}). Take a backup with the release of Pilar it belongs to and restore it with this one (docs/howto/upgrading.md), or set PILAR_DATA to a new folder.`,
    )
  }
}

type Launching = {
  binaries: Binaries
  user: RunAs
  cluster: string
  log: string
  port: number
  durable: boolean
  onProgress: (line: string) => void
}
type Launched = Pick<EmbeddedServer, 'pid' | 'ended' | 'stop'>

async function launch({
  binaries,
  user,
  cluster,
  log,
  port,
  durable,
  onProgress,
}: Launching): Promise<Launched | { failure: string }> {
  const logged = await sizeOf(log)
  const out = openSync(log, 'a', 0o600)
  const child = spawn(binaries.postgres, ['-D', await realpath(cluster), ...embeddedSettings({ port, durable })], {
    ...user,
    cwd: '/',
    // A process group of its own: Ctrl-C in the terminal is Pilar's to answer.
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, LC_ALL: 'C', LANG: 'C', TZ: 'UTC' },
  })
  closeSync(out)
  let asked = false
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const state = { running: true }
  void gone.then(() => (state.running = false))
  const { pid } = child
  const began = Date.now()
  let told = began
  while (state.running && !(await isReady(cluster, pid))) {
    await sleep(20)
    if (Date.now() - told > 5000) {
      told = Date.now()
      onProgress('The database recovers from a stop that was not clean …')
    }
  }
  if (!state.running || pid === undefined) return { failure: (await readFile(log, 'utf8')).slice(logged) }

  // If Pilar ends without having stopped its server (an uncaught error), the server still ends, and cleanly.
  const onExit = () => signal(pid, 'SIGINT')
  process.once('exit', onExit)
  child.unref()
  return {
    pid,
    ended: gone.then(async () => (asked ? new Promise<string>(() => {}) : whyItEnded(log))),
    stop: async (mode = 'fast') => {
      asked = true
      child.ref()
      signal(pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
      const patience = setTimeout(() => signal(pid, 'SIGQUIT'), 60_000)
      await gone
      clearTimeout(patience)
      process.removeListener('exit', onExit)
    },
  }
}

/** The server writes its state into line 8 of `postmaster.pid`, as `pg_ctl` reads it. */
async function isReady(cluster: string, pid: number | undefined): Promise<boolean> {
  const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Already gone.
  }
}

async function whyItEnded(log: string): Promise<string> {
  const tail = (await readFile(log, 'utf8').catch(() => '')).slice(-4000)
  if (/No space left on device/.test(tail)) return diskFull().message
  return `The database server ended by itself. The last lines of ${log} say why.`
}

function explainFailure(output: string, where: string): CannotStart {
  if (/No space left on device/.test(output)) return diskFull()
  if (
    /could not create shared memory segment|could not map anonymous shared memory|Cannot allocate memory/.test(output)
  ) {
    return new CannotStart(
      'The database server could not get enough memory to start. Stop other programs, or set DATABASE_URL to a server elsewhere.',
    )
  }
  const reason =
    output
      .split('\n')
      .filter((line) => /FATAL|PANIC|error:/.test(line))
      .at(-1) ??
    output.trim().split('\n').at(-1) ??
    ''
  return new CannotStart(
    `The database server did not start: ${reason.trim() || 'it gave no reason'} (${where}). Repair that and start again, or set DATABASE_URL to another server.`,
  )
}

/** A port of the system's choosing on loopback; free now, which is no promise for later. */
export async function freePort(): Promise<number> {
  const port = await listenOnce(0)
  if (port === undefined) throw new CannotStart('No free port on 127.0.0.1. Stop other programs, or set DATABASE_URL.')
  return port
}

async function isFree(port: number): Promise<boolean> {
  return (await listenOnce(port)) !== undefined
}

function listenOnce(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen({ port, host: '127.0.0.1' }, () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : undefined))
    })
  })
}

async function exists(name: string): Promise<boolean> {
  return (await stat(name).catch(() => undefined)) !== undefined
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0
}

async function rotate(log: string): Promise<void> {
  if ((await sizeOf(log)) > 10_000_000) await rename(log, `${log}.1`)
}
