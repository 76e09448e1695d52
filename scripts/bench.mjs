/*
 * npm run bench              every claim about speed, over a million complaints: a table of ratios, under five minutes
 * npm run bench -- --short   the same over fifty thousand, for every change
 */
import { prepare } from './lib/prepare.mjs'
import { node, run } from './lib/run.mjs'

await prepare({ build: true })
process.exitCode = await run(node, ['bench/index.ts', ...process.argv.slice(2)], { env: { NODE_ENV: 'test' } })
