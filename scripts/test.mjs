/*
 * npm test                                  everything: checks, unit, PostgreSQL, architecture, browser
 * npm test -- src/regions/search.test.ts    these files only (patterns too), without the checks
 * npm test -- --no-browser                  without the browser tests
 * npm test -- --test-name-pattern=referral  further options go to node --test
 */
import { availableParallelism } from 'node:os'
import { check } from './check.mjs'
import { findChromium } from './lib/chromium.mjs'
import { buildPages, install } from './lib/prepare.mjs'
import { node, run } from './lib/run.mjs'
import { say } from './lib/say.mjs'

const own = ['--no-browser', '--no-check']
const given = process.argv.slice(2)
const options = given.filter((word) => word.startsWith('-') && !own.includes(word))
const files = given.filter((word) => !word.startsWith('-'))
const browser = !given.includes('--no-browser') && (files.length === 0 || files.some((file) => file.includes('e2e')))

await install()
const env = browser ? { CHROMIUM_PATH: await findChromium() } : {}
const unchecked = files.length > 0 || given.includes('--no-check')
if (unchecked) await buildPages()
const clean = unchecked || (await check(buildPages))

// One run, so that all files share one database server, and the numbers at its end count everything. Node sorts the
// files: what is fast and near the code comes first, the browser after it. One more than there are processors, as each waits
// for the database or the browser some of the time; two more took a minute longer.
const all = ['src/**/*.test.ts', 'web/**/*.test.ts', browser ? 'test/**/*.test.ts' : 'test/!(e2e)/**/*.test.ts']
const code = await run(
  node,
  [
    '--test',
    '--test-global-setup=test/support/postgres.ts',
    '--import=./test/support/property-seed.ts',
    `--test-concurrency=${availableParallelism() + 1}`,
    '--test-timeout=600000',
    ...options,
    ...(files.length > 0 ? files : all),
  ],
  { env: { ...env, NODE_ENV: 'test' } },
)
if (!clean) say('The tests ran, but the checks before them are not clean: see "Not clean" above.')
process.exitCode = code || (clean ? 0 : 1)
