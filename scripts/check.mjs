/* npm run check: lint with types, types of the server and of the pages, format, dead code, messages. Two at a time. */
import path from 'node:path'
import { prepare } from './lib/prepare.mjs'
import { node, root, run } from './lib/run.mjs'
import { began, say } from './lib/say.mjs'

const bin = (/** @type {string} */ name) => path.join(root, 'node_modules/.bin', name)
// TypeScript 7 finds what 6 finds, in half the time (55 of 55 planted mistakes); svelte-check and the build still need the
// interface of 6, so both are there, the way svelte-check proposes. It knows the props of components behind #lib/ only by the
// `paths` of tsconfig.json.
const tsc = path.join(root, 'node_modules/@typescript/native/bin/tsc')

/** @type {[string, string, string[]][]} */
const checks = [
  // First, because it alone needs nothing that is made, and may begin while the pages are built.
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['types of the server', node, [tsc, '-p', 'tsconfig.server.json']],
  [
    'types of the pages',
    bin('svelte-check'),
    ['--tsgo', '--tsconfig', './tsconfig.json', '--output', 'human', '--fail-on-warnings'],
  ],
  ['types of the service worker', node, [tsc, '-p', 'web/service-worker']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['lockfile', node, ['scripts/lockfile.mjs', '--check']],
  ['messages', node, ['scripts/messages.ts', '--check']],
]

/**
 * @param {() => Promise<void>} [make] makes what most checks look at, while the first one runs
 * @returns {Promise<boolean>} whether everything is clean
 */
export async function check(make = async () => {}) {
  const [first, ...waiting] = checks
  /** @type {string[]} */
  const failed = []
  const env = { PATH: `${bin('')}${path.delimiter}${process.env.PATH}` }
  const look = async (/** @type {typeof first} */ [what, program, args]) => {
    const started = Date.now()
    const code = await run(program, args, { quiet: true, env })
    say(`${code === 0 ? 'clean ' : 'FAILED'}  ${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
    if (code !== 0) failed.push(what)
  }
  const made = make()
  const worker = async (/** @type {Promise<void>} */ before) => {
    await before
    await made
    for (let next = waiting.shift(); next; next = waiting.shift()) await look(next)
  }
  await Promise.all([worker(made), worker(look(first))])
  if (failed.length > 0) console.error(`\nNot clean: ${failed.join(', ')}. The findings are above.\n`)
  return failed.length === 0
}

if (process.argv[1] === import.meta.filename) {
  await prepare({ build: false })
  process.exitCode = (await check()) ? 0 : 1
  if (process.exitCode === 0) say(`All clean after ${((Date.now() - began) / 1000).toFixed(0)} s`)
}
