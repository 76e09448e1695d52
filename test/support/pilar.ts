import { spawn } from 'node:child_process'
import path from 'node:path'
import { after } from 'node:test'
import { freePort } from '#src/platform/db/embedded.ts'

export type RunningPilar = {
  pid: number
  /** `http://127.0.0.1:<port>` */
  url: string
  /** Everything it printed so far. */
  output(): string
  /** Resolves when the line with its address is printed; rejects with the output if it ends before. */
  ready: Promise<void>
  /** The exit code, or the name of the signal that ended it. */
  ended: Promise<number | NodeJS.Signals>
  kill(signal: NodeJS.Signals): void
}

/** Nothing of a test's own settings; what Node compiled before is kept, which changes nothing but the time. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const cache = process.env['NODE_COMPILE_CACHE']
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], ...(cache && { NODE_COMPILE_CACHE: cache }) }
}

/**
 * A real process of Pilar on loopback, as `npm start` runs it, ended with the test if it still runs.
 * `environment` is all it gets besides PATH: nothing of the test's own settings.
 */
export async function startPilar(environment: Record<string, string>): Promise<RunningPilar> {
  const port = environment['PORT'] ?? String(await freePort())
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../../src/main.ts')], {
    env: { ...bareEnvironment(), PORT: port, PILAR_DEMO: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed += text))
  const ended = new Promise<number | NodeJS.Signals>((resolve) =>
    child.once('close', (code, signal) => resolve(signal ?? code ?? -1)),
  )
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => printed.includes('Pilar is at') && resolve())
    void ended.then((code) => reject(new Error(`Pilar ended with ${code}:\n${printed}`)))
  })
  // A test that waits for the end only is not to fail because it never got ready.
  ready.catch(() => {})
  after(async () => {
    child.kill('SIGTERM')
    await ended
  })
  return {
    pid: child.pid ?? -1,
    url: `http://127.0.0.1:${port}`,
    output: () => printed,
    ready,
    ended,
    kill: (signal) => void child.kill(signal),
  }
}
