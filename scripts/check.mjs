/* npm run check: lint with types, types of the server and of the pages, format, dead code, messages. Two at a time. */
import path from 'node:path'
import { prepare } from './lib/prepare.mjs'
import { node, root, run } from './lib/run.mjs'
import { began, say } from './lib/say.mjs'

const bin = (/** @type {string} */ name) => path.join(root, 'node_modules/.bin', name)

/** @type {[string, string, string[]][]} */
const checks = [
  ['types of the service worker', bin('tsc'), ['-p', 'web/service-worker']],
  ['types of the server', bin('tsc'), ['-p', 'tsconfig.server.json']],
  [
    'types of the pages',
    bin('svelte-check'),
    ['--tsconfig', './tsconfig.json', '--output', 'human', '--fail-on-warnings'],
  ],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['dead code', bin('knip'), ['--no-progress']],
  ['lockfile', node, ['scripts/lockfile.mjs', '--check']],
  ['messages', node, ['scripts/messages.ts', '--strict']],
]

/** @returns {Promise<boolean>} whether everything is clean */
export async function check() {
  const waiting = [...checks]
  /** @type {string[]} */
  const failed = []
  const env = { PATH: `${bin('')}${path.delimiter}${process.env.PATH}` }
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [what, program, args] = next
      const started = Date.now()
      const code = await run(program, args, { quiet: true, env })
      say(`${code === 0 ? 'clean ' : 'FAILED'}  ${what} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
      if (code !== 0) failed.push(what)
    }
  }
  await Promise.all([worker(), worker()])
  if (failed.length > 0) console.error(`\nNot clean: ${failed.join(', ')}. The findings are above.\n`)
  return failed.length === 0
}

if (process.argv[1] === import.meta.filename) {
  await prepare({ build: false })
  process.exitCode = (await check()) ? 0 : 1
  if (process.exitCode === 0) say(`All clean after ${((Date.now() - began) / 1000).toFixed(0)} s`)
}
