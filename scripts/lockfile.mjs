/*
 * npm run lockfile             puts the optional packages of other platforms back into package-lock.json
 * npm run lockfile -- --check  only says whether some are missing
 *
 * `npm install` leaves those out that it could not look at (https://github.com/npm/cli/issues/4828), and `npm ci` then
 * refuses the whole file, on every machine. Their versions stand in the packages that want them; their platform is in
 * their names. What is not for this platform is never fetched, so nothing else is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './lib/run.mjs'

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'mipsel',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
]

const file = path.join(root, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const added = []
for (const [where, wanting] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(wanting.optionalDependencies ?? {})) {
    if (isThere(where, name) || !/^\d+\.\d+\.\d+\S*$/.test(version)) continue
    const words = name.replace(/gnueabihf|musleabihf|eabi$/, (word) => `-${word}`).split(/[-/.]/)
    const os = systems.filter((system) => words.includes(system) || (system === 'win32' && words.includes('windows')))
    const cpu = processors.filter((processor) => words.includes(processor))
    if (os.length === 0 && cpu.length === 0) continue
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu.length > 0 && { cpu }),
      ...(wanting.dev && { dev: true }),
      ...(words.some((word) => word.startsWith('musl')) && { libc: ['musl'] }),
      optional: true,
      ...(os.length > 0 && { os }),
    }
    added.push(`${name} ${version}`)
  }
}
if (process.argv.includes('--check')) {
  if (added.length > 0)
    console.error(`package-lock.json lacks these; "npm run lockfile" adds them:\n${added.join('\n')}`)
  process.exit(added.length > 0 ? 1 : 0)
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(added.length > 0 ? `Added:\n${added.join('\n')}` : 'Nothing was missing.')

/** As Node looks for it: in the package's own node_modules, then in each one above. */
function isThere(where, name) {
  for (let folder = where; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${folder ? `${folder}/` : ''}node_modules/${name}`]) return true
    if (!folder) return false
  }
}
