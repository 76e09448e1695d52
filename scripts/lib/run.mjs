import { spawn } from 'node:child_process'
import path from 'node:path'
import { began } from './say.mjs'

export const root = path.resolve(import.meta.dirname, '../..')
export const node = path.join(root, 'node_modules/.bin/node')

/**
 * Node keeps here what it compiled and stripped of types: a process of Pilar begins after half the work, and a test run
 * is a hundred and fifty of them. Not for npm, which may be about to remove the folder.
 */
export const compileCache = { NODE_COMPILE_CACHE: path.join(root, 'node_modules/.cache/compiled') }

/**
 * Runs a program with the terminal as its own and resolves with its exit code (128 + number for a signal).
 *
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: Record<string, string | undefined>, quiet?: boolean, started?: (child: import('node:child_process').ChildProcess) => void }} [options]
 *   quiet keeps the output back and shows it only if the program fails
 * @returns {Promise<number>}
 */
export function run(program, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      env: {
        ...(program.startsWith(root) && compileCache),
        ...process.env,
        PILAR_BEGAN: String(began),
        ...options.env,
      },
    })
    options.started?.(child)
    /** @type {Buffer[]} */
    const output = []
    child.stdout?.on('data', (chunk) => output.push(chunk))
    child.stderr?.on('data', (chunk) => output.push(chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code !== 0) process.stderr.write(Buffer.concat(output))
      resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : signal === 'SIGINT' ? 2 : 15))
    })
  })
}

/** PATH without the project's own programs: npm must run on the Node it came with, which `npm ci` does not remove. */
export function pathOutside() {
  const own = path.join(root, 'node_modules')
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !path.resolve(folder).startsWith(own))
    .join(path.delimiter)
}
