import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { run } from './run.mjs'
import { giveUp, say } from './say.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge']

/**
 * A Chromium for the browser tests: CHROMIUM_PATH, then what is installed, then Debian's, installed where that is
 * allowed.
 *
 * @returns {Promise<string>} its path
 */
export async function findChromium() {
  const given = process.env.CHROMIUM_PATH
  if (given)
    return canRun(given)
      ? given
      : giveUp(`CHROMIUM_PATH is ${given}, and that is no program this user may run. Correct it, or leave it out.`)
  const found = installed()
  if (found) return found
  if (process.getuid?.() === 0 && has('apt-get')) {
    say('Installing Chromium for the browser tests (apt-get install chromium) …')
    const env = { DEBIAN_FRONTEND: 'noninteractive' }
    const code =
      (await run('apt-get', ['update'], { env, quiet: true })) ||
      (await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], {
        env,
        quiet: true,
      }))
    const now = installed()
    if (code === 0 && now) return now
  }
  return giveUp(
    'The browser tests need Chromium, and there is none here. Install it (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH to one. Without: npm test -- --no-browser.',
  )
}

/** @returns {string | undefined} */
function installed() {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin', '/snap/bin']
  const candidates = names.flatMap((name) => folders.map((folder) => path.join(folder, name)))
  candidates.push(
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  )
  return candidates.find(canRun)
}

/** @param {string} file */
function canRun(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** @param {string} program */
function has(program) {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
