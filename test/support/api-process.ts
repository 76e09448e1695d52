import { type ChildProcess, fork } from 'node:child_process'
import { after } from 'node:test'

/*
 * The application in a process of its own, without pages, on a port of its own: for tests of several beside each other.
 * Run as a program it is that process; imported it starts one.
 */

export type ApiProcess = { url: string; pid: number; kill(signal: NodeJS.Signals): Promise<void> }

export async function startApiProcess(appUrl: string): Promise<ApiProcess> {
  const child: ChildProcess = fork(import.meta.filename, [appUrl], { execArgv: [] })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  after(() => child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)))
    child.once('close', () => reject(new Error('the process ended before it listened')))
  })
  return {
    url,
    pid: child.pid ?? 0,
    kill: async (signal) => {
      child.kill(signal)
      await ended
    },
  }
}

async function main(appUrl: string): Promise<void> {
  const { buildApp } = await import('#src/app.ts')
  const { jobs } = await import('#src/jobs.ts')
  const { connect } = await import('#src/platform/db/index.ts')
  const { openFileStore } = await import('#src/platform/files/index.ts')
  const { startJobs } = await import('#src/platform/jobs/index.ts')
  const { mkdtemp } = await import('node:fs/promises')
  const { tmpdir } = await import('node:os')
  const db = connect(appUrl, { max: 4 })
  const files = await openFileStore({ dir: await mkdtemp(`${tmpdir()}/pilar-process-`) })
  const app = await buildApp({ db, files, baseUrl: 'http://127.0.0.1', secret: Buffer.alloc(32, 7) })
  const working = await startJobs({ appUrl, db, jobs })
  process.once('SIGTERM', () => {
    void (async () => {
      await app.close()
      await working.stop()
      await db.close()
      process.exit(0)
    })()
  })
  process.send?.(await app.listen({ port: 0, host: '127.0.0.1' }))
}

if (process.argv[1] === import.meta.filename) await main(process.argv[2] ?? '')
