/*
 * npm start       everything that is missing is installed and built, then Pilar runs until Ctrl-C
 * npm run dev     the same from the sources, starting anew and reloading the browser on every change
 *
 * Plain JavaScript for Node 20, because it runs before anything is installed.
 */
import { fork } from 'node:child_process'
import { watch } from 'node:fs'
import path from 'node:path'
import { prepare } from './lib/prepare.mjs'
import { compileCache, node, root } from './lib/run.mjs'
import { began, say } from './lib/say.mjs'

const dev = process.argv.includes('--dev')
await prepare({ build: !dev })

/** @type {import('node:child_process').ChildProcess | undefined} */
let child
let ending = false
let again = false

function start() {
  child = fork('src/main.ts', dev ? ['--dev'] : [], {
    cwd: root,
    execPath: node,
    execArgv: [],
    env: { ...compileCache, ...process.env, PILAR_BEGAN: String(began) },
  })
  child.on('exit', (code, signal) => {
    child = undefined
    if (again && !ending) {
      again = false
      start()
    } else if (dev && !ending) say('Pilar has ended; it starts anew on the next change')
    else {
      if (signal)
        console.error(
          `\nPilar was ended by ${signal}. What was acknowledged is safe; "npm start" goes on from there.\n`,
        )
      process.exit(code ?? 1)
    }
  })
}

/** The server starts anew when a source changes; the pages are Vite's, which reloads them by itself. */
function restartOnChange() {
  /** @type {NodeJS.Timeout | undefined} */
  let waiting
  for (const folder of ['src', 'migrations', 'messages']) {
    watch(path.join(root, folder), { recursive: true }, (_event, file) => {
      if (!file || !/\.(ts|sql|json)$/.test(file) || file.endsWith('.test.ts')) return
      clearTimeout(waiting)
      // Editors write a file in several steps.
      waiting = setTimeout(() => {
        say(`${folder}/${file} has changed`)
        if (child) {
          again = true
          child.kill('SIGTERM')
        } else start()
      }, 200)
    })
  }
}

start()
if (dev) restartOnChange()
// Ctrl-C reaches the whole group, a kill only this process: passed on in any case, the server takes two as one.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => {
    ending = true
    if (child) child.kill(signal)
    else process.exit(0)
  })
}
