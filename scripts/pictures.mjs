/*
 * npm run pictures    tells the stories of test/e2e/story.test.ts and register-story.test.ts and photographs them for the README
 */
import path from 'node:path'
import { findChromium } from './lib/chromium.mjs'
import { prepare } from './lib/prepare.mjs'
import { node, root, run } from './lib/run.mjs'

await prepare({ build: true })
process.exitCode = await run(node, ['--test', 'test/e2e/story.test.ts', 'test/e2e/register-story.test.ts'], {
  env: { NODE_ENV: 'test', PILAR_PICTURES: path.join(root, 'docs/pictures'), CHROMIUM_PATH: await findChromium() },
})
