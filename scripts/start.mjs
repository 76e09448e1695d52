/*
 * npm start       everything that is missing is installed and built, then Pilar runs until Ctrl-C
 * npm run dev     the same from the sources, starting anew and reloading the browser on every change
 *
 * Plain JavaScript for Node 20, because it runs before anything is installed.
 */
import { fork } from 'node:child_process'
import { prepare } from './lib/prepare.mjs'
import { node, root } from './lib/run.mjs'
import { began } from './lib/say.mjs'

const dev = process.argv.includes('--dev')
await prepare({ build: !dev })

const child = fork('src/main.ts', dev ? ['--dev'] : [], {
  cwd: root,
  execPath: node,
  execArgv: dev ? ['--watch', '--watch-preserve-output'] : [],
  env: { ...process.env, PILAR_BEGAN: String(began) },
})
// Ctrl-C reaches the whole group, a kill only this process: passed on in any case, the server takes two as one.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  if (signal)
    console.error(`\nPilar was ended by ${signal}. What was acknowledged is safe; "npm start" goes on from there.\n`)
  process.exit(code ?? 1)
})
