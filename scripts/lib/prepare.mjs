import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { node, pathOutside, root, run } from './run.mjs'
import { giveUp, say } from './say.mjs'

const at = (/** @type {string} */ name) => path.join(root, name)

/**
 * Installs from the lockfile, compiles the messages and builds the pages: each only if what it is made from changed.
 *
 * @param {{ build: boolean }} options build: also the pages (not needed where Vite serves them from their sources)
 */
export async function prepare({ build }) {
  await install()
  if (build) await buildPages()
  else
    await once(
      'node_modules/.pilar-messages',
      ['messages', 'project.inlang/settings.json', 'scripts/messages.ts'],
      'Compiling the messages',
      () => run(node, ['scripts/messages.ts'], { quiet: true }),
      'web/lib/paraglide/messages.js',
    )
}

/** The second half of `prepare`, for who has something to do meanwhile. Compiles the messages too. */
export function buildPages() {
  return once(
    'build/.pages',
    pageSources(),
    'Building the pages',
    () => run(node, [at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'], { quiet: true }),
    'build/web/handler.js',
  )
}

/** The first half of `prepare`. */
export async function install() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    giveUp(
      `Pilar needs Node 20 or newer to begin with; this is ${process.version}. Install a newer Node (https://nodejs.org) and try again.`,
    )
  }
  if (isInstalled()) return
  say('Installing the packages of the lockfile, Node 24 and PostgreSQL 18 among them …')
  // npm draws its own sign of life on a terminal, and none into a file.
  const waiting = process.stdout.isTTY ? undefined : setInterval(() => say('… still installing'), 15_000)
  const code = await npm(['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'])
  clearInterval(waiting)
  if (code !== 0) {
    giveUp(
      `The packages could not be installed: npm says why above. Without a connection to the npm registry, or without room on the disk (about 2 GB), this cannot go on. Then type the same command again.`,
    )
  }
  if (!existsSync(node)) {
    giveUp(
      'Node 24 was not installed, because npm was told not to run install scripts. Allow them for this folder (npm config delete ignore-scripts) and type the same command again.',
    )
  }
  try {
    execFileSync(node, ['--version'])
  } catch {
    giveUp(
      `The Node that was installed does not run on this machine (${process.platform}, ${process.arch}). Pilar runs on Linux with glibc 2.28 or newer, on x64 and arm64.`,
    )
  }
  say('Packages installed')
}

/** Compares the lockfile with the one npm leaves in node_modules as its last act, whoever ran npm. */
function isInstalled() {
  if (!existsSync(node) || !existsSync(at('node_modules/.package-lock.json'))) return false
  /** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }>} Packages */
  const [wanted, there] = ['package-lock.json', 'node_modules/.package-lock.json'].map(
    (file) => /** @type {Packages} */ (JSON.parse(readFileSync(at(file), 'utf8')).packages),
  )
  return Object.entries(wanted ?? {}).every(([name, { version, optional, devOptional }]) => {
    const installed = there?.[name]
    return name === '' || (installed ? installed.version === version : optional || devOptional)
  })
}

/** @param {string[]} args */
function npm(args) {
  const env = { PATH: pathOutside(), NODE_ENV: undefined }
  const cli = process.env.npm_execpath
  const ownNode = process.env.npm_node_execpath
  if (cli && ownNode && cli.endsWith('npm-cli.js') && !ownNode.startsWith(at('node_modules')))
    return run(ownNode, [cli, ...args], { env })
  return run('npm', args, { env }).catch(() =>
    giveUp('npm is not there. Install Node 20 or newer with its npm and try again.'),
  )
}

/** Pages are made from web/ and from whatever of src/ they import; a test is never among it. */
function pageSources() {
  return [
    'web',
    'src',
    'messages',
    'project.inlang/settings.json',
    'scripts/messages.ts',
    'scripts/field-files.ts',
    'vite.config.ts',
    'tsconfig.json',
    'package-lock.json',
  ]
}

/**
 * @param {string} marker where the digest of the sources is kept
 * @param {string[]} sources
 * @param {string} what
 * @param {() => Promise<number>} make
 * @param {string} made a file that is there when it was made
 */
async function once(marker, sources, what, make, made) {
  const wanted = digest(sources)
  if (existsSync(at(made)) && existsSync(at(marker)) && readFileSync(at(marker), 'utf8') === wanted) return
  say(`${what} …`)
  if ((await make()) !== 0) giveUp(`${what} failed; the reason is above.`)
  mkdirSync(path.dirname(at(marker)), { recursive: true })
  writeFileSync(at(marker), wanted)
}

/** Names and contents of files and folders, as one digest. @param {string[]} names */
function digest(names) {
  const hash = createHash('sha256')
  /** @param {string} name */
  const add = (name) => {
    if (name === 'web/lib/paraglide') return
    const entries = existsSync(at(name)) ? readdirSyncOrNull(at(name)) : []
    if (entries === null) {
      if (name.endsWith('.test.ts')) return
      hash
        .update(`${name}\0`)
        .update(readFileSync(at(name)))
        .update('\0')
    } else for (const entry of entries.sort()) add(`${name}/${entry}`)
  }
  for (const name of names) add(name)
  return hash.digest('hex')
}

/** @param {string} folder */
function readdirSyncOrNull(folder) {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return null
    throw error
  }
}
